UPDATE pruned SET history_before = max(ifnull(history_before, :before), :before);
