#pragma once
// The line to the account: which calls may go out now, and what an answer says about the account as a whole.
// It asks the account for its own counters now and then, for others use the same limits; pauses when the
// other side asks for it; backs off when nobody answers; and knows nothing of runs and jobs.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/api.hpp"
#include "engine/budget.hpp"
#include "engine/outbox.hpp"

namespace runbookd::engine {

enum class LimitsSource {
    upstream,  ///< what request_rate says
    fixed,     ///< what the configuration says
    off,       ///< none
};

struct LineSettings {
    std::string account;
    LimitsSource source = LimitsSource::upstream;
    Limits fixed;
    double share = 0.8;
};

class Line {
public:
    using OnReply = std::function<void(ApiResult result, Instant now)>;

    Line(LineSettings settings, Outbox& outbox);

    /// What the record knows at a start: creates that may have been sent in the last 60 s.
    void restore(std::int64_t creates, Instant now) { budget_.seed_creates(creates, now.steady); }

    /// Whether a call of this kind may go out now. False for all but the rate check until one has been
    /// answered, at a start and after the API has asked for a pause.
    [[nodiscard]] bool is_open(Budget::Kind kind, Instant now) const;
    /// When it is worth asking again; nullopt: a reply will tell.
    [[nodiscard]] std::optional<SteadyTime> opens_at(Budget::Kind kind, Instant now) const;
    /// Whether all calls are held back: a pause the other side asked for, or backing off.
    [[nodiscard]] bool is_held(Instant now) const { return held_until_ && now.steady < *held_until_; }
    /// Sends a read; to be called only while is_open.
    void send(ApiCall call, OnReply on_reply);
    /// The same of a write that is no create.
    void send_write(ApiCall call, OnReply on_reply);
    /// Takes room for a create whose intent is being made durable; then send_reserved, or give_back.
    void reserve_create();
    void send_reserved(CreateQuickJob call, OnReply on_reply);
    void give_back(Instant now);

    /// Sends the rate check when one is due: at a start, every 3 minutes while anything is sent, and after a
    /// pause that the API asked for.
    void pump(Instant now);
    /// When it is worth pumping again; nullopt: a call or a reply will tell.
    [[nodiscard]] std::optional<SteadyTime> wakes_at(Instant now) const;
    void on_reply(CallId id, ApiResult result, Instant now);

    /// One line for people; empty: all is well.
    [[nodiscard]] const std::string& problem() const { return problem_; }
    /// Whether that is the API's limit, reached by others too.
    [[nodiscard]] bool is_throttled() const { return problem_kind_ == "account.throttled"; }
    [[nodiscard]] const Budget& budget() const { return budget_; }
    [[nodiscard]] std::size_t creates_under_way() const { return creates_under_way_; }
    [[nodiscard]] bool is_answered() const { return last_check_.has_value(); }
    [[nodiscard]] LimitsSource limits_source() const { return settings_.source; }
    [[nodiscard]] double share() const { return settings_.share; }
    /// Until when all calls are held back, where they are.
    [[nodiscard]] std::optional<SteadyTime> held_until(Instant now) const {
        return is_held(now) ? held_until_ : std::nullopt;
    }
    /// What the account's counters said last: when, and how much of it others had used then (or this program
    /// before it was started). None: they have not answered yet.
    struct Checked {
        UtcTime at{};
        Counts others;
    };
    [[nodiscard]] const std::optional<Checked>& last_check() const { return last_check_; }

private:
    struct UnderWay {
        Budget::Kind kind = Budget::Kind::read;
        OnReply on_reply;
    };
    void dispatch(Budget::Kind kind, ApiCall call, OnReply on_reply);
    /// When the next rate check is to go out, were the line open; nullopt: nothing has been sent since.
    [[nodiscard]] std::optional<SteadyTime> check_due_at(Instant now) const;
    /// Nothing else may go out before it.
    [[nodiscard]] bool must_check() const { return !is_answered() || is_check_wanted_; }
    void on_rate(const ApiResult& result, const Counts& ours, Instant now);
    void learn_rate(const RequestRate& rate, const Counts& ours, Instant now);
    void learn_limits(const RequestRate& rate, Instant now);
    void judge(CallId id, Budget::Kind kind, const ApiResult& result, Instant now);
    void judge_refused_token(CallId id, Budget::Kind kind, const ApiFailure& failure, Instant now);
    void hold(Millis pause, std::string problem, std::string kind, Instant now);
    void all_is_well(Budget::Kind kind, Instant now);

    LineSettings settings_;
    Outbox& outbox_;
    Budget budget_;
    std::unordered_map<CallId, UnderWay> under_way_;
    CallId last_call_ = 0;
    std::size_t reads_under_way_ = 0;
    std::size_t writes_under_way_ = 0;
    std::size_t creates_under_way_ = 0;  // reserved ones too
    std::optional<Checked> last_check_;
    SteadyTime check_again_at_{};  // if anything was sent since the last one
    bool has_sent_since_ = false;
    bool is_check_wanted_ = false;  // the pause that the API asked for ends with one
    bool rate_check_under_way_ = false;
    std::optional<SteadyTime> held_until_;
    Millis backoff_{0};
    bool has_missed_one_ = false;                   // the last read got no answer, and was forgiven
    bool is_create_refused_ = false;                // the first call that got a 401 was a create
    std::optional<CallId> first_with_fresh_token_;  // after a 401: calls before it had the token that ran out
    std::string problem_;
    std::string problem_kind_;
};

}  // namespace runbookd::engine
