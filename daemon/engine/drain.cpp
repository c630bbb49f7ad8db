#include "engine/drain.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>

#include "engine/turns.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::microseconds;
using Moment = std::chrono::time_point<std::chrono::system_clock, microseconds>;

constexpr microseconds kWindow = std::chrono::seconds{60};
// Creates that leave within so short a time of each other are one mark in the window.
constexpr microseconds kTogether = std::chrono::milliseconds{200};
// So many are played as one turn of theirs, where others take turns with them.
constexpr std::int64_t kTurn = 4;

class Playing {
public:
    Playing(std::span<const Demand> demands, const CreatePace& pace, UtcTime begin)
        : demands_(demands),
          pace_(pace),
          spacing_(std::max(pace.spacing, microseconds{1})),
          now_(begin),
          drained_(demands.size()),
          coming_(demands.size()) {
        std::iota(coming_.begin(), coming_.end(), std::size_t{0});
        std::stable_sort(coming_.begin(), coming_.end(), [this](std::size_t a, std::size_t b) {
            return demands_[a].starts < demands_[b].starts;
        });
        for (std::size_t i = 0; i < demands.size(); ++i) drained_[i].left = demands[i].creates;
        for (const auto& [leaves, count] : pace.used) {
            marks_.push_back({leaves, count});
            used_ += count;
        }
    }

    [[nodiscard]] std::vector<Drained> play() {
        while (step()) {
        }
        return std::move(drained_);
    }

private:
    struct Mark {
        Moment leaves{};
        std::int64_t count = 0;
    };

    void add(std::size_t i) { turns_.add({i, demands_[i].rank, demands_[i].ends, demands_[i].runbook}); }

    bool step() {
        take_up();
        leave();
        const auto turn = turns_.next(std::chrono::floor<Millis>(now_));
        if (!turn) {
            const auto next = next_arrival();
            if (!next) return false;
            now_ = std::max(now_, *next);
            return true;
        }
        const auto i = static_cast<std::size_t>(*turn);
        if (drained_[i].left == 0 || now_ >= Moment(demands_[i].ends)) {
            turns_.remove(i);
            return true;
        }
        if (const auto held = held_until(i)) {
            turns_.remove(i);
            held_.emplace(*held, i);
            return true;
        }
        const auto room = pace_.allowed ? *pace_.allowed - used_ : drained_[i].left;
        if (room <= 0) return wait_for_room();
        send(i, room);
        return true;
    }

    /// Those whose time has come, or whose hold is over.
    void take_up() {
        for (; taken_ < coming_.size() && Moment(demands_[coming_[taken_]].starts) <= now_; ++taken_)
            add(coming_[taken_]);
        for (; !held_.empty() && Moment(held_.begin()->first) <= now_; held_.erase(held_.begin()))
            add(held_.begin()->second);
    }
    [[nodiscard]] std::optional<Moment> next_arrival() const {
        std::optional<Moment> next;
        if (taken_ < coming_.size()) next = demands_[coming_[taken_]].starts;
        if (!held_.empty() && (!next || Moment(held_.begin()->first) < *next)) next = held_.begin()->first;
        return next;
    }
    [[nodiscard]] std::optional<UtcTime> held_until(std::size_t i) const {
        const auto& ask = demands_[i].held_until;
        const auto at = std::chrono::floor<Millis>(now_);
        const auto until = ask ? ask(at) : std::nullopt;
        // One that ends in the past holds nothing, and would be asked for ever.
        return until && *until > at ? until : std::nullopt;
    }

    void leave() {
        for (; !marks_.empty() && marks_.front().leaves <= now_; marks_.pop_front())
            used_ -= marks_.front().count;
    }
    /// False: there will never be any.
    bool wait_for_room() {
        if (marks_.empty()) return false;
        now_ = marks_.front().leaves;
        return true;
    }

    void send(std::size_t i, std::int64_t room) {
        const auto fits = [this](microseconds span) {
            return std::max<std::int64_t>(1, span.count() / spacing_.count());
        };
        auto count =
            std::min({room, drained_[i].left, fits(kTogether), fits(Moment(demands_[i].ends) - now_)});
        if (const auto next = next_arrival()) count = std::min(count, fits(*next - now_));
        if (turns_.is_shared()) count = std::min(count, kTurn);
        turns_.took(i);
        const auto last = now_ + spacing_ * (count - 1);
        auto& drained = drained_[i];
        if (!drained.first) drained.first = std::chrono::floor<Millis>(now_);
        drained.last = std::chrono::floor<Millis>(last);
        drained.created += count;
        drained.left -= count;
        if (pace_.allowed) {
            marks_.push_back({last + pace_.took + kWindow, count});
            used_ += count;
        }
        now_ = last + spacing_;
    }

    std::span<const Demand> demands_;
    const CreatePace& pace_;
    microseconds spacing_;
    Moment now_;
    std::vector<Drained> drained_;
    std::vector<std::size_t> coming_;           // by start
    std::size_t taken_ = 0;                     // of them
    Turns turns_;                               // of those that may create now
    std::multimap<UtcTime, std::size_t> held_;  // until when
    std::deque<Mark> marks_;                    // by when they leave
    std::int64_t used_ = 0;                     // their sum
};

}  // namespace

std::vector<Drained> drain(std::span<const Demand> demands, const CreatePace& pace, UtcTime begin) {
    return Playing(demands, pace, begin).play();
}

}  // namespace runbookd::engine
