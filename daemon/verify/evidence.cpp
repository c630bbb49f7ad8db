#include "verify/evidence.hpp"

#include <algorithm>

namespace runbookd::verify {
namespace {

using engine::Verdict;

// Design: a run that begins within this time of nominal + jitter is on time.
constexpr Millis kOnTime = std::chrono::seconds{60};

bool needs_run(Verdict verdict) {
    return verdict == Verdict::on_time || verdict == Verdict::late || verdict == Verdict::caught_up;
}

Millis jitter_of(const runbook::Runbook* book, const Occurrence& row) {
    if (book == nullptr || !book->is_scheduled()) return Millis{0};
    const auto* const lane = book->lanes ? book->lanes->find(row.zone, row.customer) : nullptr;
    if (book->lanes && lane == nullptr) return Millis{0};
    const auto instant = runbook::LaneView(*book, lane).timeline().next_after(row.nominal - Millis{1});
    return instant && instant->at == row.nominal
               ? schedule::jitter_of(book->name, row.nominal, instant->entry->jitter,
                                     book->window_of(*instant->entry))
               : Millis{0};
}

}  // namespace

Evidence::Evidence(const std::string& runbook, const Slice& slice, Report& report)
    : runbook_(runbook),
      report_(report),
      no_pause_(runbook, Kind::no_pause, report),
      no_blackout_(runbook, Kind::no_blackout, report) {
    for (const auto& pause : slice.pauses) {
        if (!pauses_.empty() && pause.from <= pauses_.back().until)
            pauses_.back().until = std::max(pauses_.back().until, pause.until);
        else
            pauses_.push_back(pause);
    }
}

bool Evidence::was_paused(UtcTime at) const {
    const auto pause = std::partition_point(pauses_.begin(), pauses_.end(),
                                            [&](const Pause& one) { return one.until <= at; });
    return pause != pauses_.end() && pause->from <= at;
}

void Evidence::contradiction(const Occurrence& row, Kind kind, std::string message) {
    report_.add(
        {runbook_, row.zone, row.customer, row.nominal, row.until, row.count, kind, std::move(message)});
}

void Evidence::check_row(const Occurrence& row, const runbook::Runbook* book) {
    const auto verdict = std::string(engine::to_text(row.verdict));
    const bool is_refused = row.verdict == Verdict::skipped && row.reason == "guard";
    if (!row.run) {
        if (needs_run(row.verdict) || is_refused)
            contradiction(row, Kind::wrong_run, "the verdict is " + verdict + ", and there is no run");
        return;
    }
    const auto& run = *row.run;
    if (run.nominal != row.nominal || row.count != 1)
        return contradiction(row, Kind::wrong_run, "run " + run.run_uid + " is of another instant");
    if ((needs_run(row.verdict) || is_refused) && !run.started_at)
        return contradiction(row, Kind::wrong_run,
                             "the verdict is " + verdict + ", and run " + run.run_uid + " never began");
    if (row.verdict != Verdict::on_time) return;
    const auto starts_at = run.starts_at ? *run.starts_at : row.nominal + jitter_of(book, row);
    if (*run.started_at > starts_at + kOnTime)
        contradiction(row, Kind::not_on_time,
                      "the verdict is on_time, and run " + run.run_uid + " began at " +
                          format_utc(*run.started_at) + ", more than 60 s after " + format_utc(starts_at));
}

void Evidence::check_instant(const Occurrence& row, const runbook::LaneView& lane,
                             const schedule::Nominal& instant) {
    if (row_ != &row) end_row();
    row_ = &row;
    if (row.verdict != Verdict::skipped) return;
    if (row.reason == "paused" && !was_paused(instant.at))
        no_pause_.take(row.zone, row.customer, instant.at,
                       [] { return "the verdict is skipped / paused, and nothing was paused then"; });
    if (row.reason == "blackout" && instant.at < lane.last_create(instant) && !lane.blacked_out(instant))
        no_blackout_.take(row.zone, row.customer, instant.at, [] {
            return "the verdict is skipped / blackout, and not_during did not cover the window";
        });
}

void Evidence::end_row() {
    no_pause_.end();
    no_blackout_.end();
}

}  // namespace runbookd::verify
