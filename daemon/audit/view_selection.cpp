#include "audit/view_selection.hpp"

#include <algorithm>
#include <initializer_list>

namespace runbookd::audit {
namespace {

bool has(const std::vector<std::string>& columns, std::string_view column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

/// When what a row tells of happened; empty: the view has no such time.
std::string time_of(const std::string& view, const std::vector<std::string>& columns) {
    if (view == "run_history") return "coalesce(started_at, nominal_at, window_end)";
    if (view == "target_ledger") return "coalesce(decided_at, nominal_at)";
    if (view == "approval_history") return "requested_at";
    for (const auto* column : {"at", "created_at", "effective_from", "from_at", "nominal_at"})
        if (has(columns, column)) return column;
    return {};
}

/// Empty: its rows cannot be told apart by customer.
std::string of_customer(const std::string& view, const std::vector<std::string>& columns) {
    if (has(columns, "customer")) return "customer = :customer";
    if (view == "event_trail")
        return "(subject = 'run' AND subject_uid IN (SELECT run_uid FROM run_history WHERE customer = "
               ":customer)"
               " OR subject = 'job' AND subject_uid IN (SELECT job_uid FROM job_history WHERE customer = "
               ":customer)"
               " OR subject = 'approval' AND subject_uid IN (SELECT approval_uid FROM approval_history WHERE "
               "customer = :customer)"
               " OR subject = 'target' AND subject_uid IN (SELECT run_uid || '/' || device_uid FROM "
               "target_ledger "
               "WHERE customer = :customer)"
               " OR subject = 'pause' AND subject_uid = 'customer:' || :customer"
               " OR json_extract(data, '$.customer') = :customer)";
    if (has(columns, "run_uid"))
        return "run_uid IN (SELECT run_uid FROM run_history WHERE customer = :customer)";
    return {};
}

std::string in_period(const std::string& time, bool by_since, bool by_until) {
    std::string text;
    // A row whose time is not known yet (an open target) belongs to every period that has not ended.
    if (by_since) text += "ifnull(" + time + ", :since) >= :since";
    if (by_until) text += (text.empty() ? "" : " AND ") + time + " < :until";
    return text;
}

}  // namespace

std::optional<ViewSelection> select_rows(const std::string& view, const std::vector<std::string>& columns,
                                         bool by_customer, bool by_since, bool by_until) {
    std::string where;
    const auto narrow = [&](const std::string& condition) {
        if (!condition.empty()) where += (where.empty() ? " WHERE " : " AND ") + condition;
    };
    if (by_customer) {
        const auto condition = of_customer(view, columns);
        if (condition.empty()) return std::nullopt;
        narrow(condition);
    }
    if (by_since || by_until) {
        if (const auto time = time_of(view, columns); !time.empty())
            narrow(in_period(time, by_since, by_until));
        else if (has(columns, "run_uid"))
            narrow("run_uid IN (SELECT run_uid FROM run_history WHERE " +
                   in_period(time_of("run_history", {}), by_since, by_until) + ")");
    }
    return ViewSelection{"SELECT * FROM " + view + where + (has(columns, "seq") ? " ORDER BY seq" : "")};
}

}  // namespace runbookd::audit
