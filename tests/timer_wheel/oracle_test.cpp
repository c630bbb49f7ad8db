// The wheel against the plainest thing that could be right: a sorted map of (due, order of scheduling).
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "timer_wheel/timer_wheel.hpp"

using runbookd::timer_wheel::Tick;
using runbookd::timer_wheel::Timer;
using runbookd::timer_wheel::TimerWheel;

namespace {

class Trial;

struct Numbered : Timer {
    Numbered(Trial& owner, std::size_t number_of);
    Trial& trial;
    std::size_t number;
};

/// Does the same random things to a wheel and to a map, and compares after each.
class Trial {
public:
    Trial(std::uint64_t seed, unsigned spread_bits, std::size_t timers = 60)
        : random_(seed), spread_bits_(spread_bits), wheel_(start_tick()), keys_(timers) {
        for (std::size_t n = 0; n < timers; ++n) timers_.push_back(std::make_unique<Numbered>(*this, n));
    }

    /// Nothing to say when all is well; else what went wrong first. Before every step `changes` timers are
    /// scheduled, moved, cancelled or replaced.
    const std::string& run(int steps, std::size_t changes = 0) {
        for (int i = 0; i < steps && wrong_.empty(); ++i) {
            for (std::size_t n = 0; n < changes; ++n) change(pick(timers_.size()));
            step();
            compare();
        }
        if (wrong_.empty()) advance(wheel_.now() + (Tick{1} << spread_bits_) * 2, SIZE_MAX);
        return wrong_;
    }

    void fired(std::size_t number) {
        const auto expected = pending_.begin();
        if (expected == pending_.end() || expected->second != number) return fail("fired out of order");
        if (expected->first.first > limit_) return fail("fired too early");
        oracle_now_ = std::max(oracle_now_, expected->first.first);
        if (wheel_.now() != oracle_now_) return fail("fired at another tick than its own");
        forget(number);
        ++fired_;
        const auto doings = fired_ > kMostFired ? 0 : pick(4);
        for (std::uint64_t n = 0; n < doings; ++n) meddle(number);
    }

private:
    static constexpr std::size_t kMostFired = 3000;  // of one advance; beyond, callbacks let things run out
    using Key = std::pair<Tick, std::uint64_t>;

    std::uint64_t pick(std::uint64_t below) {
        return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_);
    }
    Tick start_tick() { return pick(4) == 0 ? 0 : pick(Tick{1} << 42); }

    void fail(const char* what) {
        if (wrong_.empty()) wrong_ = what;
    }

    /// Mostly near, sometimes far, sometimes past, often the tick of another timer.
    Tick some_due() {
        const auto now = wheel_.now();
        switch (pick(8)) {
            case 0: return now - std::min<Tick>(now, pick(50));
            case 1: return now;
            case 2:
            case 3: return timers_[pick(timers_.size())]->due();
            default: return now + pick(Tick{1} << (1 + pick(spread_bits_)));
        }
    }

    void forget(std::size_t number) {
        if (keys_[number]) pending_.erase(*std::exchange(keys_[number], std::nullopt));
    }
    void schedule(std::size_t number) {
        const auto due = some_due();
        forget(number);
        wheel_.schedule(*timers_[number], due);
        const Key key{due, ++order_};
        pending_.emplace(key, number);
        keys_[number] = key;
    }
    void cancel(std::size_t number) {
        forget(number);
        timers_[number]->cancel();
    }
    void replace(std::size_t number) {
        forget(number);
        timers_[number] = std::make_unique<Numbered>(*this, number);
    }
    /// Something that a callback of `firing` might do; it may also destroy itself.
    void meddle(std::size_t firing) { change(pick(4) == 0 ? firing : pick(timers_.size())); }
    void change(std::size_t number) {
        switch (pick(8)) {
            case 0: return replace(number);
            case 1:
            case 2: return cancel(number);
            default: return schedule(number);
        }
    }

    void step() {
        switch (pick(10)) {
            case 0: return cancel(pick(timers_.size()));
            case 1: return replace(pick(timers_.size()));
            case 2:
            case 3: {
                const auto most = pick(3) == 0 ? pick(5) : SIZE_MAX;
                const auto span = Tick{1} << (1 + pick(spread_bits_));
                return advance(wheel_.now() + pick(span), most);
            }
            case 4: return advance(wheel_.now() - std::min<Tick>(wheel_.now(), pick(1000)), SIZE_MAX);
            case 5:
                if (const auto due = wheel_.next_due()) return advance(*due, SIZE_MAX);
                return;
            default: return schedule(pick(timers_.size()));
        }
    }

    void advance(Tick to, std::size_t most) {
        fired_ = 0;
        limit_ = std::max(to, wheel_.now());
        oracle_now_ = wheel_.now();
        const auto said = wheel_.advance(to, most);
        if (said != fired_) fail("miscounted");
        if (said > most) fail("fired more than asked");
        // A bounded call may also stop because it has moved enough timers.
        if (most == SIZE_MAX && wheel_.is_behind()) fail("stopped though it was not bounded");
        if (said == most && !wheel_.is_behind()) fail("does not know that it stopped");
        if (wheel_.is_behind()) {
            if (wheel_.now() < oracle_now_ || wheel_.now() > limit_) fail("stopped at an impossible tick");
            return;
        }
        if (!pending_.empty() && pending_.begin()->first.first <= limit_) fail("left something due");
        if (wheel_.now() != limit_) fail("stands at the wrong tick");
    }

    void compare() {
        const auto due = wheel_.next_due();
        if (due.has_value() != !pending_.empty()) return fail("wrong about being empty");
        if (due && *due != pending_.begin()->first.first) return fail("wrong next due tick");
        if (due && wheel_.next_wake().value_or(~Tick{0}) > std::max(*due, wheel_.now()))
            return fail("would wake up too late");
        for (std::size_t n = 0; n < timers_.size(); ++n)
            if (timers_[n]->is_scheduled() != keys_[n].has_value())
                return fail("wrong about what is scheduled");
    }

    std::mt19937_64 random_;
    unsigned spread_bits_;
    TimerWheel wheel_;
    std::vector<std::unique_ptr<Numbered>> timers_;
    std::map<Key, std::size_t> pending_;
    std::vector<std::optional<Key>> keys_;  // by number
    std::uint64_t order_ = 0;
    Tick limit_ = 0;
    Tick oracle_now_ = 0;
    std::size_t fired_ = 0;
    std::string wrong_;
};

Numbered::Numbered(Trial& owner, std::size_t number_of)
    : Timer([](Timer& timer) {
          const auto& self = static_cast<Numbered&>(timer);
          self.trial.fired(self.number);
      }),
      trial(owner),
      number(number_of) {}

}  // namespace

TEST_CASE("the wheel does what a sorted map does, also from inside callbacks", "[timer_wheel]") {
    const auto first_seed = static_cast<std::uint64_t>(std::random_device{}());
    for (const unsigned spread_bits : {4U, 7U, 13U, 20U, 40U}) {
        for (std::uint64_t n = 0; n < 40; ++n) {
            const auto seed = first_seed + n;
            INFO("seed " << seed << ", spread 2^" << spread_bits << " ticks");
            Trial trial(seed, spread_bits);
            REQUIRE(trial.run(400) == "");
        }
    }
}

TEST_CASE("the wheel does what a sorted map does with thousands of timers that are moved all the time",
          "[timer_wheel]") {
    const auto first_seed = static_cast<std::uint64_t>(std::random_device{}());
    for (const unsigned spread_bits : {10U, 16U, 32U}) {
        for (std::uint64_t n = 0; n < 2; ++n) {
            const auto seed = first_seed + n;
            INFO("seed " << seed << ", spread 2^" << spread_bits << " ticks");
            Trial trial(seed, spread_bits, 5000);
            REQUIRE(trial.run(40, 5000) == "");
        }
    }
}
