INSERT INTO revisions (runbook, revision, effective_from, sha256, yaml, resolved, actor, note, account)
VALUES (:runbook, :revision, :at, :sha256, :yaml, :resolved, :actor, :note, :account);
