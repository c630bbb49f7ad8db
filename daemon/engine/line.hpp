#pragma once
// The line to the account: which calls may go out now, and what an answer says about the account as a whole.
// It pauses when the other side asks for it, backs off when nobody answers, and knows nothing of runs and
// jobs.
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

    /// Whether a call of this kind may go out now. False for all but the rate check until one has been
    /// answered.
    [[nodiscard]] bool is_open(Budget::Kind kind, Instant now) const;
    /// When it is worth asking again; nullopt: a reply will tell.
    [[nodiscard]] std::optional<SteadyTime> opens_at(Budget::Kind kind, Instant now) const;
    /// Whether all calls are held back: a pause the other side asked for, or backing off.
    [[nodiscard]] bool is_held(Instant now) const { return held_until_ && now.steady < *held_until_; }
    /// Sends a read; to be called only while is_open.
    void send(ApiCall call, OnReply on_reply);
    /// Takes room for a create whose intent is being made durable; then send_reserved, or give_back.
    void reserve_create();
    void send_reserved(CreateQuickJob call, OnReply on_reply);
    void give_back(Instant now);

    /// Sends the rate check that opens a start, when one is due.
    void pump(Instant now);
    void on_reply(CallId id, ApiResult result, Instant now);

    /// One line for people; empty: all is well.
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] const Budget& budget() const { return budget_; }
    [[nodiscard]] std::size_t creates_under_way() const { return creates_under_way_; }
    [[nodiscard]] bool is_answered() const { return answered_; }

private:
    struct UnderWay {
        Budget::Kind kind = Budget::Kind::read;
        OnReply on_reply;
    };
    void dispatch(Budget::Kind kind, ApiCall call, OnReply on_reply);
    void learn_rate(const ApiResult& result, Instant now);
    void judge(CallId id, Budget::Kind kind, const ApiResult& result, Instant now);
    void judge_refused_token(CallId id, const ApiFailure& failure, Instant now);
    void hold(Millis pause, std::string problem, std::string kind, Instant now);
    void all_is_well(Instant now);

    LineSettings settings_;
    Outbox& outbox_;
    Budget budget_;
    std::unordered_map<CallId, UnderWay> under_way_;
    CallId last_call_ = 0;
    std::size_t reads_under_way_ = 0;
    std::size_t creates_under_way_ = 0;  // reserved ones too
    bool answered_ = false;              // a rate check has been answered since the start
    bool rate_check_under_way_ = false;
    std::optional<SteadyTime> held_until_;
    Millis backoff_{0};
    std::optional<CallId> first_with_fresh_token_;  // after a 401: calls before it had the token that ran out
    std::string problem_;
    std::string problem_kind_;
};

}  // namespace runbookd::engine
