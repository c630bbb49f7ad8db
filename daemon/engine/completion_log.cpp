#include "engine/completion_log.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/finder.hpp"
#include "engine/outcome.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Millis kPause = seconds{10};
constexpr Millis kPauseOnTrial = seconds{15};
// A pass costs a read: with fewer jobs than this, reading their results costs less. Once begun it goes on
// until there are only so many.
constexpr std::size_t kFewestJobs = 6;
constexpr std::size_t kFewestToGoOn = 3;
// A line may come after newer ones: passes reach back by twice the most that was seen, within these.
constexpr Millis kShortestOverlap = seconds{30};
constexpr Millis kLongestOverlap = minutes{10};
// Where the first pass begins, before the log's own clock is known.
constexpr Millis kFirstReach = minutes{10};
// A pass is cut off after so many pages; the next one begins where it ended, to catch up.
constexpr std::size_t kPagesAtMost = 20;
// The log is in time if it tells of an end before, or so long after the result did.
constexpr Millis kInTime = seconds{60};
// The proof: so many ends, of which at most one in twenty was not told in time.
constexpr std::size_t kEndsForProof = 10;
constexpr std::size_t kEndsRemembered = 60;
constexpr std::size_t kLateOneIn = 20;
constexpr std::size_t kLagsRemembered = 50;
constexpr std::size_t kAwaitedAtMost = 1000;
constexpr Millis kRefusedFor = hours{1};

}  // namespace

CompletionLog::CompletionLog(FollowMode mode, std::string account, Books& books, Line& line, Outbox& outbox,
                             AlarmClock& clock, Handlers handlers)
    : mode_(mode),
      account_(std::move(account)),
      books_(books),
      line_(line),
      outbox_(outbox),
      handlers_(std::move(handlers)),
      next_(clock,
            [this](Instant) {
                is_idle_ = true;
                due_ = true;
            }),
      trust_(mode == FollowMode::activity_log ? Trust::proved : Trust::on_trial) {}

Millis CompletionLog::pause() const { return trust_ == Trust::proved ? kPause : kPauseOnTrial; }

void CompletionLog::pump(std::size_t followed, Instant now) {
    if (mode_ == FollowMode::results) return;
    if (trust_ == Trust::refused && now.steady >= *refused_until_)
        set_trust(mode_ == FollowMode::activity_log ? Trust::proved : Trust::on_trial, "another try", now);
    weigh(followed, now);
    if (trust_ == Trust::refused || under_way_ || !is_worth_it_) return;
    if (is_idle_ && !due_) {
        is_idle_ = false;
        next_.set(now.steady + pause());
    }
    if (due_ && line_.is_open(Budget::Kind::read, now)) read(now);
}

void CompletionLog::weigh(std::size_t followed, Instant now) {
    const auto fewest = mode_ == FollowMode::activity_log ? 1 : is_worth_it_ ? kFewestToGoOn : kFewestJobs;
    // What is awaited is waited for: a silence that nobody hears would never count.
    const bool is_wanted = followed >= fewest || (is_worth_it_ && !awaited_.empty());
    if (is_wanted == is_worth_it_) return;
    is_worth_it_ = !is_worth_it_;
    if (!is_worth_it_) forget();
    if (trust_ == Trust::proved) handlers_.on_reliance_changed(now);
}

/// What ends while nobody reads says nothing about the log, and where reading ended is far back by then.
void CompletionLog::forget() {
    due_ = false;
    cursor_.clear();
    newest_.reset();
    cut_.reset();
    awaited_.clear();
}

void CompletionLog::read(Instant now) {
    due_ = false;
    under_way_ = true;
    if (cursor_.empty()) {
        pages_ = 0;
        pass_began_ = now.steady;
        const auto overlap = std::clamp(latecomer_ * 2, kShortestOverlap, kLongestOverlap);
        from_ = cut_ ? *cut_ : newest_ ? *newest_ - overlap : now.utc - kFirstReach;
    }
    SearchActivities search;
    search.from = from_;
    search.cursor = cursor_;
    search.kind = ActivityKind::ended;
    line_.send(std::move(search), [this](const ApiResult& result, Instant at) { on_page(result, at); });
}

void CompletionLog::on_page(const ApiResult& result, Instant now) {
    under_way_ = false;
    const auto* const page = result ? std::get_if<Page<JobActivity>>(&*result) : nullptr;
    if (page == nullptr) {
        cursor_.clear();
        const auto kind = result ? FailureKind::server_error : result.error().kind;
        if (kind == FailureKind::forbidden || kind == FailureKind::not_found || kind == FailureKind::rejected)
            return refuse_for_now("the API refuses it: " + result.error().message, now);
        return;  // the line backs off; the pass is made again
    }
    for (const auto& activity : page->items) take(activity, now);
    for (const auto& activity : page->items)
        if (activity.at) newest_ = std::max(newest_.value_or(*activity.at), *activity.at);
    cursor_ = page->next_cursor;
    if (cursor_.empty()) {
        cut_.reset();
        return end_pass(now);
    }
    due_ = true;
    if (++pages_ >= kPagesAtMost) cut_off(now);
}

void CompletionLog::cut_off(Instant now) {
    cursor_.clear();
    const bool gains = newest_ && (!cut_ || *newest_ - *cut_ > now.steady - pass_began_);
    if (!gains) return refuse_for_now("it grows faster than it can be read", now);
    // Latecomers among what was read are left to the looks beside the log: reaching back for them, passes
    // over a full log would read the same lines for ever.
    cut_ = newest_;
}

void CompletionLog::take(const JobActivity& activity, Instant now) {
    const auto uid = job_in_name(activity.job_name);
    if (!uid || !activity.status || !outcome_of(*activity.status)) return;
    const bool was_awaited = awaited_.erase(*uid) > 0;
    auto* const job = books_.find_job(*uid);
    const bool is_news = job != nullptr && !job->is_in_log && job->datto_job == activity.job;
    if (is_news) job->is_in_log = true;
    if (!was_awaited && !is_news) return;
    if (activity.at) {
        if (newest_) latecomer_ = std::max(latecomer_, *newest_ - *activity.at);
        lags_.push_back(std::max(now.utc - *activity.at, Millis{0}));
        if (lags_.size() > kLagsRemembered) lags_.pop_front();
    }
    if (was_awaited) remember(true);
    if (is_news && !job->ended && job->stage == Stage::following) handlers_.on_ended(*job, now);
}

void CompletionLog::note_end(const Job& job, Instant now) {
    if (mode_ == FollowMode::results || trust_ == Trust::refused || !is_worth_it_) return;
    if (job.is_in_log) return remember(true);
    if (awaited_.size() < kAwaitedAtMost) awaited_.insert_or_assign(job.uid, Ended{now.steady});
}

void CompletionLog::remember(bool was_told) {
    told_.push_back(was_told);
    if (told_.size() > kEndsRemembered) told_.pop_front();
}

void CompletionLog::end_pass(Instant now) {
    // What ended long before this pass began, and is still not there, was not told.
    for (auto one = awaited_.begin(); one != awaited_.end();) {
        if (pass_began_ - one->second.at < kInTime) {
            ++one;
            continue;
        }
        remember(false);
        one = awaited_.erase(one);
    }
    judge(now);
}

void CompletionLog::judge(Instant now) {
    const auto late = static_cast<std::size_t>(std::count(told_.begin(), told_.end(), false));
    const bool is_good = late * kLateOneIn <= told_.size();
    if (trust_ == Trust::on_trial && told_.size() >= kEndsForProof && is_good)
        return set_trust(Trust::proved, "it told of the ends of jobs in time", now);
    if (trust_ == Trust::proved && told_.size() >= kEndsForProof && !is_good &&
        mode_ == FollowMode::automatic)
        refuse_for_now("it did not tell of the ends of jobs in time", now);
}

void CompletionLog::refuse_for_now(const std::string& why, Instant now) {
    refused_until_ = now.steady + kRefusedFor;
    next_.clear();
    is_idle_ = true;
    forget();
    told_.clear();
    set_trust(Trust::refused, why, now);
}

void CompletionLog::set_trust(Trust trust, const std::string& why, Instant now) {
    const bool was_relied_on = is_relied_on();
    if (std::exchange(trust_, trust) == trust) return;
    // That it is tried is no news.
    if (trust != Trust::on_trial)
        outbox_.write(
            Noted{"account",
                  account_,
                  trust == Trust::proved ? "account.follows_log" : "account.follows_results",
                  "",
                  {{"message", (trust == Trust::proved ? "ends of jobs are found in the activity log: "
                                                       : "the activity log is not relied on for now: ") +
                                   why}},
                  now.utc});
    if (is_relied_on() != was_relied_on) handlers_.on_reliance_changed(now);
}

std::optional<Millis> CompletionLog::lag() const {
    if (lags_.empty()) return std::nullopt;
    std::vector<Millis> sorted(lags_.begin(), lags_.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    return *middle;
}

}  // namespace runbookd::engine
