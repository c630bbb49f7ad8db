#include "audit/rows.hpp"

#include <array>
#include <string>
#include <string_view>

#include "audit/claims.hpp"
#include "base/sha256.hpp"
#include "store/visible_text.hpp"

namespace runbookd::audit {
namespace {

const std::array kOfRuns{
    KindRule{"run.planned",
             {"runbook", "revision", "account", "zone", "trigger", "cause_uid", "customer", "group_uid",
              "note", "nominal_at", "window_end"},
             {},
             {},
             true},
    KindRule{"run.started", {"targets"}, {}, {"started_at"}},
    KindRule{"run.finished",
             {"status", "reason", "targets", "succeeded", "warning", "failed", "timeout", "expired",
              "skipped", "halted", "cancelled", "unknown"},
             {},
             {"finished_at"}},
    KindRule{"run.revised",
             {"status", "targets", "succeeded", "warning", "failed", "timeout", "expired", "skipped",
              "halted", "cancelled", "unknown"},
             {},
             {}},
};

const std::array kOfTargets{
    KindRule{"target.decided", {"disposition", "reason"}, {}, {"decided_at"}},
    KindRule{"target.revised", {"disposition", "reason"}, {}, {"revised_at"}},
    KindRule{"target.stepped", {"steps_ended"}, {}, {"step_at"}},
};

KindRule change_of_job(std::string_view kind) {
    return {kind,
            {"status"},
            {"reason", "datto_job_uid", "datto_status", "warnings", "queued_at", "started_at", "ran_at",
             "completed_at", "stdout_sha256", "stderr_sha256", "stdout_truncated", "stderr_truncated",
             "collected_sha256"},
            {}};
}

const std::array kOfJobs{
    KindRule{"job.created",
             {"run_uid", "device_uid", "step", "step_name", "attempt", "component_uid", "component_name",
              "variables_sha256"},
             {},
             {}},
    change_of_job("job.queued"),
    change_of_job("job.running"),
    change_of_job("job.completed"),
    change_of_job("job.failed"),
    change_of_job("job.timeout"),
    change_of_job("job.updated"),
    KindRule{"job.found", {"datto_job_uid"}, {}, {"queued_at"}},
    KindRule{"job.late",
             {"late_status"},
             {"datto_status", "ran_at", "stdout_sha256", "stderr_sha256", "stdout_truncated",
              "stderr_truncated", "collected_sha256"},
             {"late_at"}},
};

const std::array kOfApprovals{
    KindRule{"approval.requested",
             {"runbook", "revision", "account", "zone", "customer", "nominal_at", "component_uid",
              "plan_sha256", "devices", "state", "note", "decided_at"},
             {},
             {"requested_at"},
             true},
    KindRule{"run.approved", {"plan_sha256", "devices", "state", "note"}, {}, {"decided_at"}, true},
    KindRule{"run.rejected", {"state", "note"}, {}, {"decided_at"}, true},
    KindRule{"approval.voided", {"state", "note"}, {}, {"decided_at"}, true},
};

/// The columns of the audit_* queries that tell the event: subject, seq, kind, data, at, actor; and when the
/// row's run or job began. What is compared follows.
enum Place { kSubject, kSeq, kKind, kData, kAt, kActor, kBegun, kFirstOfRow };

std::string shown(std::string_view value) {
    return value.empty() ? "nothing" : "'" + std::string(value) + "'";
}

/// The value of a column of the audit_* queries as events name it: of some, they have the hash.
std::string as_said(std::string_view column, const std::string& value) {
    if (column == "variables_sha256") return sha256_hex(value);
    const bool is_hashed = column == "collected_sha256" && !value.empty() && value != "pruned";
    return is_hashed ? sha256_hex(value) : value;
}

/// Compares the rows of one table.
class Table {
public:
    /// `oldest_kept`: what began before may have had events that retention has removed.
    Table(RowsReport& report, SQLite::Statement& rows, std::string name, std::span<const KindRule> rules,
          std::int64_t oldest_kept)
        : report_(report), rows_(rows), name_(std::move(name)), claims_(rules), oldest_kept_(oldest_kept) {}

    std::int64_t compare() {
        std::int64_t count = 0;
        while (rows_.executeStep()) {
            const auto subject = rows_.getColumn(kSubject).getString();
            if (count == 0 || subject != subject_) {
                judge();
                keep_row(subject);
                ++count;
            }
            hear();
        }
        judge();
        return count;
    }

private:
    void keep_row(const std::string& subject) {
        subject_ = subject;
        is_older_than_trail_ = rows_.getColumn(kBegun).getInt64() < oldest_kept_;
        claims_.clear();
        row_.clear();
        for (int i = kFirstOfRow; i < rows_.getColumnCount(); ++i)
            row_.push_back(rows_.getColumn(i).getString());
    }

    void hear() {
        if (rows_.isColumnNull(kSeq)) return;
        const auto kind = rows_.getColumn(kKind).getString();
        const auto data = rows_.getColumn(kData).getString();
        const auto actor = rows_.getColumn(kActor).getString();
        claims_.hear({rows_.getColumn(kSeq).getInt64(), kind, rows_.getColumn(kAt).getInt64(), actor, data});
    }

    void judge() {
        for (std::size_t i = 0; i < row_.size(); ++i) {
            const std::string_view column = rows_.getColumnName(static_cast<int>(i) + kFirstOfRow);
            const auto value = as_said(column, row_[i]);
            const auto said = claims_.value_of(column);
            if (value == said || value == "pruned") continue;
            const auto seq = claims_.seq_of(column);
            if (seq == 0 && is_older_than_trail_) continue;
            ++report_.found;
            if (report_.findings.size() >= kMostFindings) continue;
            report_.findings.push_back(
                {"row", seq, name_ + " " + subject_,
                 "its column " + std::string(column) + " holds " + shown(value) + ", and " +
                     (seq == 0 ? "no event says so"
                               : "event " + std::to_string(seq) + " says " + shown(said))});
        }
    }

    RowsReport& report_;
    SQLite::Statement& rows_;
    std::string name_;
    Claims claims_;
    std::int64_t oldest_kept_;  // Unix ms
    std::string subject_;
    bool is_older_than_trail_ = false;
    std::vector<std::string> row_;  // the columns that are compared
};

std::int64_t oldest_kept(store::Connection& connection) {
    store::Execution event(connection.statement("audit_oldest_kept"));
    return event.step() ? event.integer(0) : 0;
}

std::int64_t compare(RowsReport& report, store::Connection& connection, const char* query, const char* name,
                     std::span<const KindRule> rules) {
    auto& rows = connection.statement(query);
    const store::Execution use(rows);
    return Table(report, rows, name, rules, oldest_kept(connection)).compare();
}

void look_for_missing(RowsReport& report, store::Connection& connection) {
    store::Execution missing(connection.statement("audit_missing_rows"));
    missing.bind(":limit", static_cast<std::int64_t>(kMostFindings));
    while (missing.step()) {
        ++report.found;
        if (report.findings.size() < kMostFindings)
            report.findings.push_back(
                {"row", missing.integer(0), missing.text(1) + " " + missing.text(2),
                 "it has no row, and event " + std::to_string(missing.integer(0)) + " tells of it"});
    }
}

void look_for_untold_pruning(RowsReport& report, store::Connection& connection) {
    store::Execution job(connection.statement("audit_untold_pruning"));
    job.bind(":limit", static_cast<std::int64_t>(kMostFindings));
    while (job.step()) {
        ++report.found;
        if (report.findings.size() < kMostFindings)
            report.findings.push_back({"row", 0, "job " + job.text(0),
                                       "its outputs are marked as removed by retention, and no event "
                                       "record.pruning of the trail reaches that far"});
    }
}

void check_outputs(RowsReport& report, store::Connection& connection) {
    auto& outputs = connection.statement("audit_outputs");
    const store::Execution use(outputs);
    while (outputs.executeStep()) {
        ++report.outputs;
        const auto text = outputs.getColumn(3).getString();
        const bool has_exact = !outputs.isColumnNull(4);
        const auto exact = has_exact ? outputs.getColumn(4).getString() : text;
        std::string what;
        if (sha256_hex(exact) != outputs.getColumn(1).getString())
            what = "what is kept does not have the hash that the row and the events name";
        else if (static_cast<std::int64_t>(exact.size()) != outputs.getColumn(2).getInt64())
            what = "its column bytes is not its size";
        else if (has_exact && store::visible_text(exact) != text)
            what = "its column text does not show the bytes that were printed";
        if (what.empty()) continue;
        ++report.found;
        if (report.findings.size() < kMostFindings)
            report.findings.push_back(
                {"output", 0, "output " + std::to_string(outputs.getColumn(0).getInt64()), std::move(what)});
    }
}

}  // namespace

RowsReport check_rows(store::Connection& connection) {
    RowsReport report;
    report.runs = compare(report, connection, "audit_runs", "run", kOfRuns);
    report.targets = compare(report, connection, "audit_targets", "target", kOfTargets);
    report.jobs = compare(report, connection, "audit_jobs", "job", kOfJobs);
    report.approvals = compare(report, connection, "audit_approvals", "approval", kOfApprovals);
    check_outputs(report, connection);
    look_for_missing(report, connection);
    look_for_untold_pruning(report, connection);
    return report;
}

}  // namespace runbookd::audit
