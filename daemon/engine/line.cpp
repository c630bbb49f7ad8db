#include "engine/line.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kReadsAtOnce = 8;
constexpr std::size_t kWritesAtOnce = 4;
constexpr std::size_t kCreatesAtOnce = 8;  // promise: at most so many may end unknown after a kill
constexpr Millis kFirstBackoff = seconds{1};
constexpr Millis kLongestBackoff = seconds{60};
constexpr Millis kThrottled = seconds{60};  // where a 429 does not say how long
constexpr Millis kBlocked = minutes{5};     // the API lifts a block after five minutes without calls
constexpr Millis kBadCredentials = seconds{60};
constexpr Millis kNoRate = seconds{60};
constexpr Millis kShortestHold = seconds{1};             // an answer may ask for 0 s
constexpr Millis kLongestPause = std::chrono::hours{1};  // and for a year: then the rate check asks again
constexpr Millis kCheckEvery = minutes{3};
constexpr Millis kCheckAgain = seconds{60};  // after one that failed

Budget::Sent was_sent(const ApiResult& result) {
    const bool unsent = !result && (result.error().kind == FailureKind::not_sent ||
                                    result.error().kind == FailureKind::bad_credentials);
    return unsent ? Budget::Sent::no : Budget::Sent::yes;
}

}  // namespace

Line::Line(LineSettings settings, Outbox& outbox)
    : settings_(std::move(settings)), outbox_(outbox), budget_(settings_.share) {
    if (settings_.source == LimitsSource::off) budget_.set_limits(std::nullopt);
    if (settings_.source == LimitsSource::fixed) budget_.set_limits(settings_.fixed);
}

bool Line::is_open(Budget::Kind kind, Instant now) const {
    if (is_held(now)) return false;
    if (kind == Budget::Kind::rate_check) return budget_.has_room(kind, now.steady);
    if (must_check()) return false;
    if (kind == Budget::Kind::read && reads_under_way_ >= kReadsAtOnce) return false;
    if (kind == Budget::Kind::write && writes_under_way_ >= kWritesAtOnce) return false;
    if (kind == Budget::Kind::create && creates_under_way_ >= kCreatesAtOnce) return false;
    return budget_.has_room(kind, now.steady);
}

std::optional<SteadyTime> Line::opens_at(Budget::Kind kind, Instant now) const {
    if (is_held(now)) return held_until_;
    if (must_check()) kind = Budget::Kind::rate_check;
    if (is_open(kind, now)) return now.steady;
    if (budget_.has_room(kind, now.steady)) return std::nullopt;
    return budget_.next_room(kind, now.steady);
}

void Line::dispatch(Budget::Kind kind, ApiCall call, OnReply on_reply) {
    under_way_.emplace(++last_call_, UnderWay{kind, std::move(on_reply)});
    outbox_.send(last_call_, std::move(call));
}

void Line::send(ApiCall call, OnReply on_reply) {
    budget_.begin(Budget::Kind::read);
    ++reads_under_way_;
    has_sent_since_ = true;
    dispatch(Budget::Kind::read, std::move(call), std::move(on_reply));
}

void Line::send_write(ApiCall call, OnReply on_reply) {
    budget_.begin(Budget::Kind::write);
    ++writes_under_way_;
    has_sent_since_ = true;
    dispatch(Budget::Kind::write, std::move(call), std::move(on_reply));
}

void Line::reserve_create() {
    budget_.begin(Budget::Kind::create);
    ++creates_under_way_;
    has_sent_since_ = true;
}

void Line::send_reserved(CreateQuickJob call, OnReply on_reply) {
    dispatch(Budget::Kind::create, std::move(call), std::move(on_reply));
}

void Line::give_back(Instant now) {
    budget_.end(Budget::Kind::create, Budget::Sent::no, now.steady);
    --creates_under_way_;
}

std::optional<SteadyTime> Line::check_due_at(Instant now) const {
    if (must_check()) return now.steady;
    return has_sent_since_ ? std::optional(check_again_at_) : std::nullopt;
}

std::optional<SteadyTime> Line::wakes_at(Instant now) const {
    const auto due = rate_check_under_way_ ? std::nullopt : check_due_at(now);
    if (!due || *due > now.steady) return due;
    return is_held(now) ? held_until_ : budget_.next_room(Budget::Kind::rate_check, now.steady);
}

void Line::pump(Instant now) {
    const auto due = check_due_at(now);
    if (rate_check_under_way_ || !due || *due > now.steady || !is_open(Budget::Kind::rate_check, now)) return;
    rate_check_under_way_ = true;
    has_sent_since_ = false;
    budget_.begin(Budget::Kind::rate_check);
    // What is begun later is not in the answer. The check itself is: it counts here too by now.
    dispatch(Budget::Kind::rate_check, ReadRequestRate{},
             [this, ours = budget_.ours(now.steady)](const ApiResult& result, Instant at) {
                 rate_check_under_way_ = false;
                 on_rate(result, ours, at);
             });
}

void Line::on_rate(const ApiResult& result, const Counts& ours, Instant now) {
    if (const auto* rate = result ? std::get_if<RequestRate>(&*result) : nullptr)
        return learn_rate(*rate, ours, now);
    // A token that ran out is cured by now.
    if (!result && result.error().kind == FailureKind::unauthenticated) return;
    if (is_answered()) {
        // What is known goes on to hold, unless the pause goes on that the check was to end.
        const bool is_pause_on = !result && (result.error().kind == FailureKind::throttled ||
                                             result.error().kind == FailureKind::blocked);
        if (is_pause_on) return;
        is_check_wanted_ = false;
        has_sent_since_ = true;
        check_again_at_ = now.steady + kCheckAgain;
        return;
    }
    // A pause that judge() began says when to ask again. Without one, asking at once would only spin.
    if (!is_held(now))
        hold(kNoRate,
             "the API does not tell its request rate" +
                 (result ? std::string() : ": " + result.error().message),
             "account.refused", now);
}

void Line::learn_rate(const RequestRate& rate, const Counts& ours, Instant now) {
    if (settings_.source == LimitsSource::upstream) learn_limits(rate, now);
    const auto others =
        budget_.learn({rate.read_count, rate.write_count, rate.create_count}, ours, now.steady);
    last_check_ = Checked{now.utc, others};
    is_check_wanted_ = false;
    check_again_at_ = now.steady + kCheckEvery;
}

void Line::learn_limits(const RequestRate& rate, Instant now) {
    const Limits limits{rate.read_limit, rate.write_limit, rate.create_limit};
    const bool is_change = is_answered() && budget_.limits() != limits;
    budget_.set_limits(limits);
    if (!is_change) return;
    outbox_.write(Noted{"account",
                        settings_.account,
                        "account.limits",
                        "",
                        {{"reads", std::to_string(limits.reads)},
                         {"writes", std::to_string(limits.writes)},
                         {"creates", std::to_string(limits.creates)}},
                        now.utc});
}

void Line::on_reply(CallId id, ApiResult result, Instant now) {
    auto found = under_way_.extract(id);
    if (found.empty()) return;
    const auto& call = found.mapped();
    budget_.end(call.kind, was_sent(result), now.steady);
    if (call.kind == Budget::Kind::read) --reads_under_way_;
    if (call.kind == Budget::Kind::write) --writes_under_way_;
    if (call.kind == Budget::Kind::create) --creates_under_way_;
    judge(id, call.kind, result, now);
    call.on_reply(std::move(result), now);
}

void Line::judge(CallId id, Budget::Kind kind, const ApiResult& result, Instant now) {
    if (result) return all_is_well(kind, now);
    const auto& failure = result.error();
    const auto back_off = [&](std::string problem) {
        // Calls that were under way together fail together: one step of backing off, not one for each.
        if (is_held(now)) return;
        // Now and then an answer is lost between two that come: that is no reason to hold everything.
        const bool is_alone = kind == Budget::Kind::read && problem_kind_.empty();
        if (is_alone && !std::exchange(has_missed_one_, true)) return;
        backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLongestBackoff);
        hold(backoff_, std::move(problem), "account.unreachable", now);
    };
    switch (failure.kind) {
        case FailureKind::not_sent:
        case FailureKind::lost:
        case FailureKind::server_error: return back_off("the API does not answer: " + failure.message);
        case FailureKind::throttled:
            is_check_wanted_ = true;
            return hold(std::min(failure.retry_after.value_or(kThrottled), kLongestPause),
                        "the API's limit is reached by others (429); paused", "account.throttled", now);
        case FailureKind::blocked:
            is_check_wanted_ = true;
            return hold(std::clamp(failure.retry_after.value_or(kBlocked), kBlocked, kLongestPause),
                        "the API has blocked this address (403); paused for 5 minutes", "account.blocked",
                        now);
        case FailureKind::bad_credentials:
            return hold(kBadCredentials, "the API refuses the key and secret: " + failure.message,
                        "account.refused", now);
        case FailureKind::unauthenticated: return judge_refused_token(id, kind, failure, now);
        case FailureKind::conflict:
            // A read has nothing to be in conflict with: the other side is in trouble.
            if (kind == Budget::Kind::read || kind == Budget::Kind::rate_check)
                return back_off("the API does not answer: " + failure.message);
            return all_is_well(kind, now);
        case FailureKind::forbidden:
        case FailureKind::not_found:
        case FailureKind::rejected:
            return all_is_well(kind, now);  // an answer about one call, not about the account
    }
}

void Line::judge_refused_token(CallId id, Budget::Kind kind, const ApiFailure& failure, Instant now) {
    // The first 401 is a token that ran out, and so are those of the calls that went out with it; the next
    // call has a new one.
    if (!first_with_fresh_token_) {
        first_with_fresh_token_ = last_call_ + 1;
        is_create_refused_ = kind == Budget::Kind::create;
    }
    if (id < *first_with_fresh_token_) return;
    hold(kBadCredentials, "the API refuses a fresh token (401): " + failure.message, "account.refused", now);
}

void Line::hold(Millis pause, std::string problem, std::string kind, Instant now) {
    const auto until = now.steady + std::max(pause, kShortestHold);
    if (is_held(now) && until <= *held_until_) return;  // for a better reason
    held_until_ = until;
    problem_ = std::move(problem);
    if (problem_kind_ == kind) return;  // recorded when it began
    problem_kind_ = std::move(kind);
    outbox_.write(Noted{"account", settings_.account, problem_kind_, "", {{"message", problem_}}, now.utc});
}

void Line::all_is_well(Budget::Kind kind, Instant now) {
    // That reads are answered does not tell that creates are allowed.
    if (first_with_fresh_token_ && is_create_refused_ && kind != Budget::Kind::create) return;
    first_with_fresh_token_.reset();
    // A call that was under way when others were refused ends no pause.
    if (is_held(now)) return;
    backoff_ = Millis{0};
    has_missed_one_ = false;
    held_until_.reset();
    if (problem_kind_.empty()) return;
    outbox_.write(
        Noted{"account", settings_.account, "account.recovered", "", {{"after", problem_kind_}}, now.utc});
    problem_.clear();
    problem_kind_.clear();
}

}  // namespace runbookd::engine
