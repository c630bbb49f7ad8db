SELECT revision, effective_from, effective_until, yaml, resolved FROM revisions WHERE runbook = :runbook ORDER BY revision;
