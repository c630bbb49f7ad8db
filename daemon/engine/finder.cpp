#include "engine/finder.hpp"

#include <algorithm>
#include <utility>

#include "base/ulid.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kTokenMark = " rb";
constexpr std::size_t kUlidLength = 26;
// The log's lag is seconds in what has been seen; searching often while it is likely, then less and less.
constexpr Millis kFirstPause = seconds{2};
constexpr Millis kLongestPause = seconds{60};
// How far the other side's clock may be behind ours.
constexpr Millis kClockSkew = minutes{5};
// Where no search gets through for so long after `unknown_after`, the books are closed all the same.
constexpr Millis kPatience = minutes{30};

}  // namespace

std::string job_name(const std::string& runbook, const JobUid& job) {
    return runbook + std::string(kTokenMark) + job.str();
}

std::optional<JobUid> job_in_name(const std::string& name) {
    const auto mark = name.rfind(kTokenMark);
    if (mark == std::string::npos) return std::nullopt;
    auto token = name.substr(mark + kTokenMark.size());
    if (token.size() != kUlidLength || !is_ulid(token)) return std::nullopt;
    return JobUid{std::move(token)};
}

Finder::Finder(Books& books, Line& line, AlarmClock& clock, const ClockGuard& guard, Millis unknown_after,
               OnFound on_found, OnGivenUp on_given_up)
    : books_(books),
      line_(line),
      guard_(guard),
      unknown_after_(unknown_after),
      on_found_(std::move(on_found)),
      on_given_up_(std::move(on_given_up)),
      next_(clock, [this](Instant) { due_ = true; }) {}

void Finder::add(Job& job, Instant now) {
    job.stage = Stage::lookup;
    missing_.insert(job.uid);
    pause_ = kFirstPause;
    if (under_way_) return;  // the next pass takes it along
    due_ = true;
    next_.set(now.steady);
}

void Finder::pump(Instant now) {
    if (!wants_to_read() || !line_.is_open(Budget::Kind::read, now)) return;
    if (missing_.empty()) {
        due_ = false;
        return;
    }
    if (cursor_.empty()) {
        pass_began_ = now.utc;
        pass_from_ = now.utc;
        for (const auto& uid : missing_)
            if (const auto* job = books_.find_job(uid)) pass_from_ = std::min(pass_from_, job->created_at);
        pass_from_ -= kClockSkew;
        turned_up_.clear();
    }
    under_way_ = true;
    line_.send(SearchActivities{pass_from_, cursor_},
               [this](const ApiResult& result, Instant at) { on_page(result, at); });
}

bool Finder::is_overdue(const Job& job, Millis waited, UtcTime at) const {
    return !guard_.is_doubted() && at >= job.created_at + waited;
}

void Finder::on_page(const ApiResult& result, Instant now) {
    under_way_ = false;
    const auto* page = result ? std::get_if<Page<JobActivity>>(&*result) : nullptr;
    if (page == nullptr) {
        cursor_.clear();
        for (const auto& uid : std::set<JobUid>(missing_)) {
            auto* const job = books_.find_job(uid);
            if (job == nullptr || !is_overdue(*job, unknown_after_ + kPatience, now.utc)) continue;
            missing_.erase(uid);
            on_given_up_(*job, now);
        }
        return plan_next(now);
    }
    for (const auto& activity : page->items)
        if (const auto uid = job_in_name(activity.job_name); uid && missing_.contains(*uid))
            turned_up_.insert_or_assign(*uid, activity.job);
    cursor_ = page->next_cursor;
    if (cursor_.empty()) end_pass(now);
}

void Finder::end_pass(Instant now) {
    for (const auto& uid : std::set<JobUid>(missing_)) {
        auto* const job = books_.find_job(uid);
        const auto found = turned_up_.find(uid);
        if (job != nullptr && found == turned_up_.end() && !is_overdue(*job, unknown_after_, pass_began_))
            continue;
        missing_.erase(uid);
        if (job == nullptr) continue;
        if (found != turned_up_.end())
            on_found_(*job, found->second, now);
        else
            on_given_up_(*job, now);
    }
    turned_up_.clear();
    plan_next(now);
}

void Finder::plan_next(Instant now) {
    due_ = false;
    if (missing_.empty()) return;
    next_.set(now.steady + pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
}

}  // namespace runbookd::engine
