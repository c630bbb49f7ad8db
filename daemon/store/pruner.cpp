#include "store/pruner.hpp"

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace runbookd::store {
namespace {

// Work, before its commit; a slice holds the writer for less than 50 ms with it.
constexpr Millis kWork{15};
constexpr std::int64_t kRowsAtOnce = 100;
constexpr std::int64_t kLeastAtOnce = 16;
constexpr std::int64_t kMostAtOnce = 5000;

SteadyTime steady_now() { return SystemClock{}.now().steady; }

/// As many as would have taken the time of a slice, but not many more than now.
std::int64_t as_many_as_fit(std::int64_t count, Millis took) {
    const auto share = std::max<std::int64_t>(took.count(), 1);
    const auto fitting = count * kWork.count() / share;
    return std::clamp(std::min(fitting, count * 2), kLeastAtOnce, kMostAtOnce);
}

struct Found {
    std::int64_t id = 0;
    std::int64_t at = 0;
    bool may_go = false;
};

std::vector<Found> read_found(Execution& rows) {
    std::vector<Found> found;
    while (rows.step())
        found.push_back({rows.integer(0), rows.integer(1), !rows.is_null(2) && rows.integer(2) != 0});
    return found;
}

struct JobOutputs {
    std::int64_t id = 0;
    std::int64_t created_at = 0;
    std::vector<std::int64_t> texts;
};

/// `texts_from`: the column of the first text.
std::vector<JobOutputs> read_jobs(Execution& rows, int texts_from) {
    std::vector<JobOutputs> jobs;
    while (rows.step()) {
        auto& job = jobs.emplace_back();
        job.id = rows.integer(0);
        if (texts_from > 1) job.created_at = rows.integer(1);
        for (const int column : {texts_from, texts_from + 1})
            if (!rows.is_null(column)) job.texts.push_back(rows.integer(column));
    }
    return jobs;
}

}  // namespace

Pruner::Pruner(Connection& connection, RecordWriter& records) : connection_(connection), records_(records) {
    connection_.prepare("prune_");
}

void Pruner::begin(const ports::Horizons& horizons, UtcTime now, std::string actor) {
    horizons_ = horizons;
    now_ = now;
    actor_ = std::move(actor);
    counts_ = {};
    is_announced_ = false;
    run_ = 0;
    events_at_once_ = kRowsAtOnce;
    pages_at_once_ = kRowsAtOnce;
    phase_ = Phase::outputs;
    auto mark = use("prune_mark");
    after_ = mark.step() ? mark.integer(0) : 0;
}

bool Pruner::has_time() const { return steady_now() < slice_ends_; }

void Pruner::next_phase() {
    switch (phase_) {
        case Phase::outputs: phase_ = Phase::occurrences; break;
        case Phase::occurrences: phase_ = Phase::runs; break;
        case Phase::runs: phase_ = Phase::events; break;
        case Phase::events: phase_ = Phase::report; break;
        case Phase::report: phase_ = Phase::space; break;
        case Phase::space:
        case Phase::idle: phase_ = Phase::idle; break;
    }
    after_ = 0;
}

void Pruner::slice() {
    const auto began = steady_now();
    slice_ends_ = began + kWork;
    if (phase_ == Phase::space) {
        give_space_back();
    } else {
        SQLite::Transaction transaction(connection_.database(), SQLite::TransactionBehavior::IMMEDIATE);
        use("prune_begin")
            .bind(":outputs", horizons_.outputs)
            .bind(":history", horizons_.history)
            .bind(":events", horizons_.events)
            .run();
        work();
        drop_outputs_nobody_has();
        if (counts_.any() && !is_announced_) announce();
        use("prune_end").run();
        transaction.commit();
    }
    counts_.longest_ms = std::max<std::int64_t>(counts_.longest_ms, (steady_now() - began).count());
}

void Pruner::work() {
    switch (phase_) {
        case Phase::outputs: return prune_outputs();
        case Phase::occurrences: return prune_occurrences();
        case Phase::runs: return prune_runs();
        case Phase::events: return prune_events();
        case Phase::report: return tell_result();
        case Phase::space:
        case Phase::idle: return;
    }
}

void Pruner::prune_outputs() {
    if (!horizons_.outputs) return next_phase();
    const auto before = to_unix_ms(*horizons_.outputs);
    const auto first = after_;
    bool is_done = false;
    while (!is_done && has_time()) {
        auto rows = use("prune_outputs_of");
        rows.bind(":after", after_).bind(":limit", kRowsAtOnce);
        const auto jobs = read_jobs(rows, 2);
        is_done = jobs.empty();
        for (const auto& job : jobs) {
            if (job.created_at >= before) is_done = true;
            if (is_done || !has_time()) break;
            after_ = job.id;
            if (job.texts.empty()) continue;
            use("prune_job_outputs").bind(":job", job.id).run();
            use("prune_job_collected").bind(":job", job.id).run();
            let_go_of_.insert(job.texts.begin(), job.texts.end());
            ++counts_.outputs;
        }
    }
    if (after_ != first) use("prune_mark_outputs").bind(":job", after_).run();
    if (is_done) next_phase();
}

void Pruner::prune_occurrences() {
    if (!horizons_.history) return next_phase();
    const auto before = to_unix_ms(*horizons_.history);
    // Before the first row goes: `verify` must not miss what is missing by right.
    use("prune_mark_history").bind(":before", before).run();
    use("prune_approvals_voided").bind(":before", before).bind(":limit", kRowsAtOnce).run();
    while (has_time()) {
        auto rows = use("prune_occurrences");
        rows.bind(":after", after_).bind(":before", before).bind(":limit", kRowsAtOnce);
        const auto found = read_found(rows);
        if (found.empty()) return next_phase();
        for (const auto& occurrence : found) {
            if (occurrence.at >= before) return next_phase();
            if (!has_time()) return;
            after_ = occurrence.id;
            if (occurrence.may_go)
                counts_.occurrences += use("prune_occurrence").bind(":id", occurrence.id).run();
        }
    }
}

void Pruner::prune_runs() {
    if (!horizons_.history) return next_phase();
    const auto before = to_unix_ms(*horizons_.history);
    while (has_time()) {
        if (run_ != 0) {
            if (prune_run()) continue;
            run_ = 0;
        }
        auto rows = use("prune_runs");
        rows.bind(":after", after_).bind(":before", before).bind(":limit", kRowsAtOnce);
        const auto found = read_found(rows);
        if (found.empty()) return next_phase();
        for (const auto& run : found) {
            if (run.at >= before) return next_phase();
            after_ = run.id;
            if (!run.may_go) continue;
            run_ = run.id;
            break;
        }
    }
}

bool Pruner::prune_run() {
    if (prune_run_jobs()) return true;
    const auto some_of = [&](const char* statement) {
        return use(statement).bind(":run", run_).bind(":limit", kRowsAtOnce).run();
    };
    if (some_of("prune_run_exclusions") > 0) return true;
    if (some_of("prune_run_covered") > 0 || some_of("prune_run_excluded") > 0) return true;
    if (const auto targets = some_of("prune_run_targets"); targets > 0) {
        counts_.targets += targets;
        return true;
    }
    use("prune_run_keys").bind(":run", run_).run();
    use("prune_run_approval").bind(":run", run_).run();
    counts_.runs += use("prune_run").bind(":run", run_).run();
    records_.forget_runs();
    return false;
}

bool Pruner::prune_run_jobs() {
    auto rows = use("prune_run_jobs");
    rows.bind(":run", run_).bind(":limit", kRowsAtOnce);
    const auto jobs = read_jobs(rows, 1);
    for (const auto& job : jobs) {
        if (!has_time()) break;
        use("prune_job_after_window").bind(":job", job.id).run();
        use("prune_job_collected").bind(":job", job.id).run();
        counts_.jobs += use("prune_job").bind(":job", job.id).run();
        let_go_of_.insert(job.texts.begin(), job.texts.end());
    }
    return !jobs.empty();
}

void Pruner::drop_outputs_nobody_has() {
    for (const auto id : let_go_of_) counts_.texts += use("prune_output").bind(":id", id).run();
    let_go_of_.clear();
}

void Pruner::prune_events() {
    if (!horizons_.events) return next_phase();
    const auto before = to_unix_ms(*horizons_.events);
    const auto began = steady_now();
    std::int64_t from = 0, to = 0, seen = 0;
    std::string hash, last_hash;
    bool is_done = false;
    {
        auto rows = use("prune_oldest_events");
        // One more than may go: the last event of all stays, for the chain goes on from it.
        rows.bind(":limit", events_at_once_ + 1);
        std::int64_t previous = 0;
        while (!is_done && rows.step()) {
            ++seen;
            if (previous != 0) {
                to = previous;
                last_hash = hash;
            }
            if (rows.integer(1) >= before) is_done = true;
            previous = rows.integer(0);
            if (from == 0) from = previous;
            hash = rows.text(2);
        }
        is_done = is_done || seen <= events_at_once_;
    }
    if (to != 0) {
        use("prune_event_facts").bind(":from", from).bind(":to", to).run();
        auto range = use("prune_range");
        range.bind(":from", from).bind(":to", to).bind(":hash", last_hash).bind(":at", now_).run();
        counts_.events += use("prune_events").bind(":from", from).bind(":to", to).run();
        // In the trail too: whoever only adds a row to pruned_ranges has not hidden what is gone.
        records_.write(engine::Record(engine::Noted{
            "record",
            "",
            "record.events_pruned",
            actor_,
            {{"from_seq", std::to_string(from)}, {"to_seq", std::to_string(to)}, {"last_hash", last_hash}},
            now_}));
    }
    events_at_once_ = as_many_as_fit(events_at_once_, steady_now() - began);
    if (is_done) next_phase();
}

void Pruner::announce() {
    is_announced_ = true;
    engine::Noted note{"record", "", "record.pruning", actor_, {}, now_};
    const auto put = [&](const char* key, const std::optional<UtcTime>& horizon) {
        if (horizon) note.data[key] = format_utc(*horizon);
    };
    put("outputs_before", horizons_.outputs);
    put("history_before", horizons_.history);
    put("events_before", horizons_.events);
    records_.write(engine::Record(std::move(note)));
}

void Pruner::tell_result() {
    next_phase();
    if (!counts_.any()) return;
    engine::Noted note{"record", "", "record.pruned", actor_, {}, now_};
    const std::map<std::string, std::int64_t> removed{
        {"outputs", counts_.outputs}, {"texts", counts_.texts}, {"runs", counts_.runs},
        {"targets", counts_.targets}, {"jobs", counts_.jobs},   {"occurrences", counts_.occurrences},
        {"events", counts_.events}};
    for (const auto& [what, count] : removed) note.data[what] = std::to_string(count);
    const auto put = [&](const char* key, const std::optional<UtcTime>& horizon) {
        if (horizon) note.data[key] = format_utc(*horizon);
    };
    put("outputs_before", horizons_.outputs);
    put("history_before", horizons_.history);
    put("events_before", horizons_.events);
    records_.write(engine::Record(std::move(note)));
}

void Pruner::give_space_back() {
    auto& database = connection_.database();
    if (!counts_.any() || database.execAndGet("PRAGMA freelist_count").getInt64() == 0) return next_phase();
    const auto began = steady_now();
    database.exec("PRAGMA incremental_vacuum(" + std::to_string(pages_at_once_) + ")");
    pages_at_once_ = as_many_as_fit(pages_at_once_, steady_now() - began);
}

}  // namespace runbookd::store
