#pragma once
// Events as the store finds them.
#include <string>
#include <vector>

#include "notices/event.hpp"

namespace runbookd::tests {

inline notices::Row counts(const std::vector<std::pair<std::string, int>>& some) {
    notices::Row row{{"targets", 0}, {"pending", 0}};
    int all = 0;
    for (const auto& [column, count] : some) {
        row[column] = count;
        all += count;
    }
    row["targets"] = all;
    return row;
}

inline notices::Row target(const std::string& device, const std::string& disposition,
                           const std::string& reason = "") {
    return {{"run_uid", "01RUN"}, {"runbook", "backup"},
            {"customer", "acme"}, {"device_uid", "uid-" + device},
            {"hostname", device}, {"disposition", disposition},
            {"reason", reason}};
}

/// A run of `backup` that ended so.
inline notices::Event ended(const std::string& status,
                            const std::vector<std::pair<std::string, int>>& dispositions) {
    notices::Event event;
    event.seq = 7;
    event.at = from_unix_ms(1'000'000);
    event.runbook = "backup";
    event.run.run = counts(dispositions);
    event.run.run["run_uid"] = "01RUN";
    event.run.run["runbook"] = "backup";
    event.run.run["status"] = status;
    event.run.run["reason"] = "";
    return event;
}

inline notices::Event judged(const std::string& verdict, int count = 1) {
    notices::Event event;
    event.seq = 8;
    event.at = from_unix_ms(2'000'000);
    event.kind = notices::Event::Kind::occurrence_decided;
    event.runbook = "backup";
    event.occurrence = {{"runbook", "backup"},
                        {"customer", nullptr},
                        {"nominal_at", "2026-12-01T02:00:00.000Z"},
                        {"nominal_until", "2026-12-01T03:00:00.000Z"},
                        {"count", count},
                        {"verdict", verdict},
                        {"reason", "daemon_down"},
                        {"run_uid", nullptr}};
    return event;
}

}  // namespace runbookd::tests
