-- From here on, and until prune_end in the same transaction, what lies before these may be removed.
INSERT INTO pruning (id, outputs_before, history_before, events_before) VALUES (1, :outputs, :history, :events);
