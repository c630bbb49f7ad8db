-- Before this, runs and verdicts may have been removed.
SELECT history_before FROM pruned;
