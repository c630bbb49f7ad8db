// The timer wheel beside the timers of what Debian packages, an indexed heap, and a bare list as yardstick.
#include <cstdio>
#include <string>

#include "asio.hpp"
#include "bare_list.hpp"
#include "heap.hpp"
#include "ours.hpp"
#include "rounds.hpp"

namespace runbookd::bench {
namespace {

constexpr Tick kMinute = 60'000;
constexpr Tick kMonth = 30ULL * 86'400'000;

struct Size {
    const char* name;
    std::size_t timers;
    int rounds;
};
constexpr std::size_t kMany = 1'000'000;

/// From kMany on the slow ones get one round; at ten times as many, only with --full.
std::vector<Contender> contenders(const Workload& load, bool full) {
    std::vector<Contender> found{contender<OurWheel>(load), contender<BareList>(load),
                                 contender<FourAryHeap>(load)};
    const int slow_rounds = load.timers < kMany || full ? 1000 : 1;
    if (load.timers <= kMany || full) {
        found.push_back(contender<Libev>(load));
        found.push_back(contender<Asio>(load, slow_rounds));
        found.push_back(contender<Libevent>(load, slow_rounds));
        found.push_back(contender<Libuv>(load, slow_rounds));
    }
    return found;
}

void compare(const char* range_name, Tick range, Order order, const std::vector<Size>& sizes, bool full) {
    std::vector<Table> tables;
    for (const auto& size : sizes) {
        const Workload load(size.timers, range, order);
        const auto all = contenders(load, full);
        const auto results = medians(all, size.rounds);
        if (tables.empty()) {
            std::vector<std::string> columns{"timers"};
            for (const auto& one : all) columns.push_back(one.name);
            for (const char* figure : kFigureNames)
                tables.emplace_back(std::string(figure) + ", due within " + range_name +
                                        (order == Order::random ? ", random order" : ", FIFO"),
                                    columns);
        }
        for (std::size_t figure = 0; figure < Figure::figures; ++figure) {
            std::vector<double> row;
            for (const auto& result : results) row.push_back(result[figure]);
            tables[figure].row(compared(size.name, row));
        }
    }
    for (const auto& table : tables) table.print();
}

}  // namespace
}  // namespace runbookd::bench

int main(int argc, char** argv) {
    using namespace runbookd::bench;
    const auto options = read_options(argc, argv);
    print_machine();
    std::printf(
        "nanoseconds a timer (in the tables of bytes: bytes); in brackets the ratio to the wheel's\n");
    const auto rounds = [&](int usual) { return options.rounds > 0 ? options.rounds : usual; };
    std::vector<Size> sizes{{"1 k", 1'000, rounds(5)},
                            {"100 k", 100'000, rounds(3)},
                            {"1 M", kMany, rounds(3)},
                            {"10 M", 10 * kMany, rounds(1)}};
    if (!options.only.empty())
        std::erase_if(sizes, [&](const Size& size) { return size.name != options.only; });
    for (const auto order : {Order::random, Order::fifo}) {
        compare("60 s", kMinute, order, sizes, options.full);
        auto far_sizes = sizes;
        if (!options.full) std::erase_if(far_sizes, [](const Size& size) { return size.timers > kMany; });
        if (!far_sizes.empty()) compare("30 days", kMonth, order, far_sizes, options.full);
    }
}
