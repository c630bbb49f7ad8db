#include "engine/restore_search.hpp"

#include <algorithm>
#include <utility>

#include "base/ulid.hpp"
#include "engine/finder.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// How far the other side's clock may be behind ours, and what was on its way when the store was copied.
constexpr Millis kMargin = minutes{10};
// A line may come after newer ones, and so long after what it tells of.
constexpr Millis kOverlap = minutes{30};
// The log's lag is seconds in what has been seen: a job of the last moment before the start is in it then.
constexpr Millis kSettled = seconds{15};
constexpr Millis kPause = minutes{5};
constexpr Millis kRetry = seconds{10};
constexpr Millis kShortest = seconds{1};

}  // namespace

RestoreSearch::RestoreSearch(Line& line, AlarmClock& clock)
    : line_(line), next_(clock, [this](Instant) { is_due_ = is_under_way_; }) {}

void RestoreSearch::begin(const RecoveredRestore& restore, const std::set<JobUid>& known, Instant now) {
    is_under_way_ = is_due_ = true;
    since_ = restore.since;
    held_at_ = restore.held_at.value_or(now.utc);
    known_ = known;
    known_.insert(restore.known.begin(), restore.known.end());
    lost_.insert(restore.found.begin(), restore.found.end());
}

void RestoreSearch::end() {
    is_under_way_ = is_due_ = false;
    next_.clear();
    cursor_.clear();
}

void RestoreSearch::pump(Instant now) {
    if (!wants_to_read() || !line_.is_open(Budget::Kind::read, now)) return;
    if (cursor_.empty()) begin_pass(now);
    is_reading_ = true;
    SearchActivities search;
    search.from = pass_from_;
    search.cursor = cursor_;
    line_.send(std::move(search), [this](const ApiResult& result, Instant at) { on_page(result, at); });
}

void RestoreSearch::begin_pass(Instant now) {
    pass_began_ = now.utc;
    pass_from_ = since_ - kMargin;
    if (passed_until_) pass_from_ = std::max(pass_from_, *passed_until_ - kOverlap);
    if (resume_at_) pass_from_ = std::max(pass_from_, *resume_at_ - kOverlap);
    newest_.reset();
}

void RestoreSearch::on_page(const ApiResult& result, Instant now) {
    is_reading_ = false;
    if (!is_under_way_) return;
    const auto* const page = result ? std::get_if<Page<JobActivity>>(&*result) : nullptr;
    if (page == nullptr) return break_off(result, now);
    ++pages_;
    is_refused_ = false;
    problem_.clear();
    for (const auto& activity : page->items) take(activity);
    cursor_ = page->next_cursor;
    if (cursor_.empty()) end_pass(now);
}

void RestoreSearch::take(const JobActivity& activity) {
    if (activity.at) newest_ = std::max(newest_.value_or(*activity.at), *activity.at);
    const auto uid = job_in_name(activity.job_name);
    if (!uid) return;
    if (known_.contains(*uid)) {
        (lost_.contains(*uid) ? seen_found_ : seen_known_).insert(*uid);
        return;
    }
    // Older ones are in the record, which was there then.
    const auto created = time_of_ulid(uid->str());
    if (created < since_ - RecoveredRestore::kKnownBefore) return;
    seen_found_.insert(*uid);
    found_.insert_or_assign(*uid, FoundJob{*uid, activity.job, runbook_in_name(activity.job_name),
                                           activity.device, created, activity.hostname});
}

void RestoreSearch::break_off(const ApiResult& result, Instant now) {
    const auto kind = result ? FailureKind::server_error : result.error().kind;
    problem_ = "the activity log cannot be read: " +
               (result ? std::string("what came is no part of it") : result.error().message);
    is_refused_ =
        kind == FailureKind::forbidden || kind == FailureKind::not_found || kind == FailureKind::rejected;
    // Its lines come oldest first: what was read so far need not be read again.
    if (newest_) resume_at_ = newest_;
    cursor_.clear();
    is_due_ = false;
    next_.set(now.steady + (is_refused_ ? kPause : kRetry));
}

void RestoreSearch::end_pass(Instant now) {
    passed_until_ = pass_began_;
    resume_at_.reset();
    newest_.reset();
    is_due_ = false;
    const auto settled_at = held_at_ + kSettled;
    is_complete_ = is_complete_ || pass_began_ >= settled_at;
    const auto pause = is_complete_ ? kPause : std::clamp(settled_at - now.utc, kShortest, kSettled);
    next_.set(now.steady + pause);
    settle_for_part(now);
}

void RestoreSearch::settle_for_part(Instant now) {
    if (found_.empty()) return;
    if (ready_.empty()) found_at_ = now.steady;
    for (auto& [uid, job] : std::exchange(found_, {})) {
        known_.insert(uid);
        lost_.insert(uid);
        ready_.push_back(std::move(job));
    }
    std::sort(ready_.begin(), ready_.end(),
              [](const FoundJob& one, const FoundJob& other) { return one.job < other.job; });
}

std::vector<FoundJob> RestoreSearch::take_found() { return std::exchange(ready_, {}); }

std::optional<UtcTime> RestoreSearch::read_until() const {
    auto until = passed_until_;
    for (const auto& one : {newest_, resume_at_})
        if (one && (!until || *until < *one)) until = one;
    return until;
}

}  // namespace runbookd::engine
