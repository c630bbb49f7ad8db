#pragma once
// What every contender is put through: the same due ticks, and the same order of touching.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace runbookd::bench {

using Tick = std::uint64_t;

enum class Order {
    random,  ///< due anywhere in the range; timers touched in a random order, a new one for each operation
    fifo,    ///< due one after another; timers touched in that order, moved behind all others
};

struct Workload {
    std::size_t timers;
    Tick range;
    Order order;
    std::vector<std::uint32_t> schedule_order, move_order, cancel_order;  ///< timers by number
    std::vector<std::uint32_t> due, moved_due,
        moved_again;                          ///< beside schedule_order, move_order, cancel_order
    std::vector<std::uint32_t> due_sorted;    ///< beside expiry_order
    std::vector<std::uint32_t> expiry_order;  ///< timers by due tick, then by order of scheduling

    Workload(std::size_t count, Tick within, Order how) : timers(count), range(within), order(how) {
        std::mt19937_64 random(count);
        std::uniform_int_distribution<std::uint32_t> somewhen(1, static_cast<std::uint32_t>(range));
        for (auto* numbers : {&schedule_order, &move_order, &cancel_order}) {
            numbers->resize(count);
            std::iota(numbers->begin(), numbers->end(), 0U);
            if (order == Order::random) std::shuffle(numbers->begin(), numbers->end(), random);
        }
        for (std::size_t n = 0; n < count; ++n) {
            const auto in_turn = static_cast<std::uint32_t>(1 + range * n / count);
            const bool anywhere = order == Order::random;
            due.push_back(anywhere ? somewhen(random) : in_turn);
            moved_due.push_back(anywhere ? somewhen(random)
                                         : in_turn + static_cast<std::uint32_t>(range / 4));
            moved_again.push_back(anywhere ? somewhen(random)
                                           : in_turn + static_cast<std::uint32_t>(range / 2));
        }
        std::vector<std::uint32_t> by_due(count);
        std::iota(by_due.begin(), by_due.end(), 0U);
        std::stable_sort(by_due.begin(), by_due.end(), [this](auto a, auto b) { return due[a] < due[b]; });
        for (const auto place : by_due) {
            expiry_order.push_back(schedule_order[place]);
            due_sorted.push_back(due[place]);
        }
    }
};

/// How many timers have fired; every contender's callback counts here.
inline std::size_t fired_count = 0;

}  // namespace runbookd::bench
