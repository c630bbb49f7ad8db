#pragma once
// One round of one contender: every operation over all timers, each timed as a whole and divided by them.
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "bare_list.hpp"
#include "event_loops.hpp"
#include "harness.hpp"
#include "workload.hpp"

namespace runbookd::bench {

/// The figures of a round, in nanoseconds per timer; the last in bytes.
enum Figure { schedule, reschedule, cancel, by_tick, jumping, sweep, bytes, figures };
inline constexpr const char* kFigureNames[] = {
    "schedule", "reschedule", "cancel", "by tick", "jumping to the next", "one sweep", "bytes a timer"};

/// A range is stepped through in this many equal steps: for 60 s these are its ticks.
constexpr Tick kSteps = 60'000;

template <class Rival>
class Round {
public:
    explicit Round(const Workload& load)
        : load_(load), rival_(load), per_(static_cast<double>(load.timers)) {}

    Figures run() {
        Figures found(Figure::figures, std::numeric_limits<double>::quiet_NaN());
        if constexpr (Rival::kVirtualTime) rival_.start_over(load_.range);
        schedule_all();
        move_all();  // the memory that moving takes is there from here on
        found[Figure::cancel] =
            in_order(load_.cancel_order, load_.due, [&](auto n, auto) { rival_.cancel(n); });
        found[Figure::schedule] = schedule_all();
        found[Figure::reschedule] = move_all();
        if constexpr (requires { rival_.bytes(); }) found[Figure::bytes] = rival_.bytes() / per_;
        in_order(load_.cancel_order, load_.due, [&](auto n, auto) { rival_.cancel(n); });
        if constexpr (Rival::kVirtualTime) {
            found[Figure::sweep] = expire([&] { rival_.advance(load_.range); });
            if (!can_step()) return found;
            found[Figure::jumping] = expire([&] {
                std::uint32_t last = 0;
                for (const auto due : load_.due_sorted)
                    if (due != std::exchange(last, due)) rival_.advance(due);
            });
            found[Figure::by_tick] = expire([&] {
                for (Tick step = 1; step <= kSteps; ++step) rival_.advance(load_.range * step / kSteps);
            });
        } else {
            found[Figure::sweep] = expire_really();
        }
        return found;
    }

private:
    double schedule_all() {
        return in_order(load_.schedule_order, load_.due, [&](auto n, auto due) { rival_.schedule(n, due); });
    }
    /// Twice, so that the second time meets what the first left behind.
    double move_all() {
        const auto touch = [&](auto n, auto due) { rival_.move(n, due); };
        return (in_order(load_.move_order, load_.moved_due, touch) +
                in_order(load_.cancel_order, load_.moved_again, touch)) /
               2;
    }
    [[nodiscard]] bool can_step() const {
        if constexpr (requires { Rival::kMostToStep; }) return load_.timers <= Rival::kMostToStep;
        return true;
    }
    template <class Touch>
    double in_order(const std::vector<std::uint32_t>& numbers, const std::vector<std::uint32_t>& dues,
                    Touch touch) {
        // Held by value: what a rival writes could otherwise be these vectors, for all that the compiler
        // knows.
        const auto work = [number = numbers.data(), due = dues.data(), count = numbers.size(), touch] {
            for (std::size_t place = 0; place < count; ++place) touch(number[place], due[place]);
        };
        return nanoseconds_of([&] {
                   if constexpr (requires { rival_.in_loop(work); }) {
                       rival_.in_loop(work);
                   } else {
                       work();
                   }
               }) /
               per_;
    }
    template <class Work>
    double expire(Work work) {
        rival_.start_over(load_.range);
        constexpr bool told = std::is_same_v<Rival, BareList>;
        in_order(told ? load_.expiry_order : load_.schedule_order, told ? load_.due_sorted : load_.due,
                 [&](auto n, auto due) { rival_.schedule(n, due); });
        fired_count = 0;
        const auto took = nanoseconds_of(work);
        check();
        return took / per_;
    }
    double expire_really() {
        fired_count = 0;
        in_order(load_.schedule_order, load_.due, [&](auto n, auto due) { rival_.schedule_soon(n, due); });
        wait_real_range();
        const auto took = nanoseconds_of([&] { rival_.run(); });
        check();
        return took / per_;
    }
    void check() const {
        if (fired_count == load_.timers) return;
        std::fprintf(stderr, "%s fired %zu of %zu timers\n", Rival::kName, fired_count, load_.timers);
        std::abort();
    }

    const Workload& load_;
    Rival rival_;
    double per_;
};

/// Small workloads are repeated within a round, and the median taken; less often where a round waits for real
/// time.
template <class Rival>
Contender contender(const Workload& load, int most_rounds = 1000) {
    constexpr bool waits = !Rival::kVirtualTime || requires { Rival::kMostToStep; };
    const auto repeats = std::max<std::size_t>(1, (waits ? 5'000 : 50'000) / load.timers);
    return {Rival::kName,
            [&load, repeats] {
                std::vector<std::vector<double>> all(Figure::figures);
                Round<Rival> round(load);
                for (std::size_t n = 0; n < repeats; ++n) {
                    const auto figures = round.run();
                    for (std::size_t figure = 0; figure < figures.size(); ++figure)
                        all[figure].push_back(figures[figure]);
                }
                Figures result;
                for (auto& values : all) result.push_back(median(std::move(values)));
                return result;
            },
            most_rounds};
}

}  // namespace runbookd::bench
