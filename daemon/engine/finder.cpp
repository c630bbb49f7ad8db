#include "engine/finder.hpp"

#include <algorithm>
#include <utility>

#include "base/ulid.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::hours;
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
// What was given up is searched for so often, and for so long after `unknown_after`.
constexpr Millis kLatePause = hours{1};
constexpr Millis kLateRetry = minutes{5};
constexpr Millis kSearchedOn = hours{24};

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

std::string runbook_in_name(const std::string& name) { return name.substr(0, name.rfind(kTokenMark)); }

Finder::Finder(Books& books, Line& line, AlarmClock& clock, const ClockGuard& guard, Millis unknown_after,
               Handlers handlers)
    : books_(books),
      line_(line),
      guard_(guard),
      unknown_after_(unknown_after),
      handlers_(std::move(handlers)),
      next_(clock, [this](Instant) { is_due_ = true; }),
      late_(clock, [this](Instant now) {
          is_late_due_ = true;
          late_due_since_ = now.steady;
      }) {}

void Finder::add(Job& job, Instant now) {
    job.stage = Stage::lookup;
    missing_.insert(job.uid);
    if (under_way_ || !cursor_.empty()) latecomers_.insert(job.uid);
    pause_ = kFirstPause;
    if (under_way_) return;  // the next pass takes it along
    is_due_ = true;
    next_.set(now.steady);
}

void Finder::search_on(LostJob job, Instant now) {
    auto uid = job.job;
    lost_.emplace(std::move(uid), std::move(job));
    plan_late(Millis{0}, now);
}

void Finder::give_up(Job& job, Instant now) {
    LostJob lost{job.uid,       job.run, job.runbook, job.device, job.component_uid, job.component_name,
                 job.created_at};
    lost.step = job.step;
    lost.steps_after = job.steps_after;
    lost.book = job.book;
    missing_.erase(job.uid);
    lost_.emplace(job.uid, std::move(lost));
    if (!late_.is_scheduled() && !is_late_due_) plan_late(kLatePause, now);
    handlers_.on_given_up(job, now);
}

void Finder::pump(Instant now) {
    if (missing_.empty()) is_due_ = false;
    if (lost_.empty()) is_late_due_ = false;
    const bool is_hurried = !missing_.empty() && (is_due_ || is_late_due_);
    const bool has_waited_long = is_late_due_ && now.steady - late_due_since_ >= kLatePause;
    if (is_hurried || has_waited_long) send_next_page(now);
}

void Finder::pump_late(Instant now) {
    if (is_late_due_) send_next_page(now);
}

void Finder::send_next_page(Instant now) {
    if (under_way_ || !line_.is_open(Budget::Kind::read, now)) return;
    if (cursor_.empty()) begin_pass(now);
    under_way_ = true;
    line_.send(SearchActivities{pass_from_, cursor_},
               [this](const ApiResult& result, Instant at) { on_page(result, at); });
}

void Finder::begin_pass(Instant now) {
    pass_began_ = now.utc;
    pass_from_ = now.utc;
    is_late_pass_ = is_late_due_;
    for (const auto& uid : missing_)
        if (const auto* job = books_.find_job(uid)) pass_from_ = std::min(pass_from_, job->created_at);
    if (is_late_pass_)
        for (const auto& [uid, job] : lost_) pass_from_ = std::min(pass_from_, job.created_at);
    pass_from_ -= kClockSkew;
    turned_up_.clear();
    latecomers_.clear();
}

bool Finder::is_overdue(const Job& job, Millis waited, UtcTime at) const {
    return !guard_.is_doubted() && at >= job.created_at + waited;
}

bool Finder::is_over(const LostJob& job, Millis longer, UtcTime at) const {
    return !guard_.is_doubted() && at >= job.created_at + unknown_after_ + kSearchedOn + longer;
}

void Finder::on_page(const ApiResult& result, Instant now) {
    under_way_ = false;
    const auto* page = result ? std::get_if<Page<JobActivity>>(&*result) : nullptr;
    if (page == nullptr) return break_off(now);
    for (const auto& activity : page->items)
        if (const auto uid = job_in_name(activity.job_name);
            uid && (missing_.contains(*uid) || lost_.contains(*uid)))
            turned_up_.insert_or_assign(*uid, activity.job);
    cursor_ = page->next_cursor;
    if (cursor_.empty()) end_pass(now);
}

void Finder::break_off(Instant now) {
    cursor_.clear();
    for (const auto& uid : std::set<JobUid>(missing_)) {
        auto* const job = books_.find_job(uid);
        if (job != nullptr && is_overdue(*job, unknown_after_ + kPatience, now.utc)) give_up(*job, now);
    }
    if (is_late_due_) {
        forget(kPatience, now.utc);
        plan_late(kLateRetry, now);
    }
    plan_next(now);
}

void Finder::end_pass(Instant now) {
    for (const auto& uid : std::set<JobUid>(missing_)) {
        auto* const job = books_.find_job(uid);
        const auto found = turned_up_.find(uid);
        if (job == nullptr) {
            missing_.erase(uid);
        } else if (found != turned_up_.end()) {
            missing_.erase(uid);
            handlers_.on_found(*job, found->second, now);
            turned_up_.erase(found);
        } else if (!latecomers_.contains(uid) && is_overdue(*job, unknown_after_, pass_began_)) {
            give_up(*job, now);
        }
    }
    end_late_pass(now);
    turned_up_.clear();
    plan_next(now);
}

void Finder::end_late_pass(Instant now) {
    for (const auto& [uid, upstream] : turned_up_) {
        const auto found = lost_.extract(uid);
        if (!found.empty()) handlers_.on_found_late(found.mapped(), upstream, now);
    }
    if (!is_late_pass_) return;
    is_late_pass_ = false;
    forget(Millis{0}, pass_began_);
    plan_late(kLatePause, now);
}

void Finder::forget(Millis longer, UtcTime at) {
    std::erase_if(lost_, [&](const auto& one) { return is_over(one.second, longer, at); });
}

void Finder::plan_next(Instant now) {
    is_due_ = false;
    if (missing_.empty()) return;
    next_.set(now.steady + pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
}

void Finder::plan_late(Millis pause, Instant now) {
    is_late_due_ = false;
    if (lost_.empty()) return late_.clear();
    late_.set(now.steady + pause);
}

}  // namespace runbookd::engine
