#pragma once
// What every benchmark here shares: timing, interleaved medians, and tables with ratios. The machine's speed
// moves while a benchmark runs (other processes, boost clocks), so contenders take turns, round by round, and
// the figures to trust are the ratios within one row.
#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace runbookd::bench {

/// The time of this thread on a processor so far, in nanoseconds: what other processes take does not count.
[[nodiscard]] double thread_nanoseconds();

/// How long `work` took, in nanoseconds of this thread's time on a processor; what takes less than a
/// millisecond by the wall clock, which is cheaper to read and seldom interrupted.
template <class Work>
[[nodiscard]] double nanoseconds_of(Work&& work) {
    const auto cpu_begin = thread_nanoseconds();
    const auto begin = std::chrono::steady_clock::now();
    work();
    const auto took =
        std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
    return took < 1e6 ? took : thread_nanoseconds() - cpu_begin;
}

/// Makes the compiler believe that `value` is used, so that what computed it stays.
template <class T>
void keep(const T& value) {
    asm volatile("" : : "r,m"(value) : "memory");
}

/// What one round measured, in an order that the benchmark fixes; NaN for what a contender cannot do.
using Figures = std::vector<double>;

struct Contender {
    std::string name;
    std::function<Figures()> round;  ///< sets up, measures once, tears down
    int most_rounds = 1'000'000;     ///< fewer for what takes very long
};

/// Runs every contender once per round, in turns (every other round backwards), and returns the median of
/// each figure by contender. A first round that is thrown away warms caches and allocators when `warm_up`
/// says so.
enum class WarmUp { no, yes };
[[nodiscard]] std::vector<Figures> medians(std::span<const Contender> contenders, int rounds,
                                           WarmUp warm_up = WarmUp::no);

/// The middle of `values` (the mean of the two middle ones), NaNs left out; NaN when nothing is left.
[[nodiscard]] double median(std::vector<double> values);

/// "3.42", "57.1", "1,234"; "-" for NaN.
[[nodiscard]] std::string number(double value);
/// How many times `base` is `value`: "4.1x"; "-" when either is NaN.
[[nodiscard]] std::string ratio(double value, double base);

/// A table for a terminal, and for pasting into Markdown: the first column is text, the others align right.
class Table {
public:
    Table(std::string title, std::vector<std::string> columns);
    void row(std::vector<std::string> cells);
    /// To standard output.
    void print() const;

private:
    std::string title_;
    std::vector<std::vector<std::string>> rows_;  // the first holds the columns' names
};

/// The cells of one row: the label, the first figure as it is, and every other with its ratio to the first.
[[nodiscard]] std::vector<std::string> compared(std::string label, std::span<const double> figures);

/// The arguments that every benchmark takes.
struct Options {
    bool full = false;  ///< --full: also the slow rows
    int rounds = 0;     ///< --rounds N; 0: the benchmark's own choice
    std::string only;   ///< a word: only the parts whose name contains it; empty: all
};
/// Prints the usage and ends the program when the arguments are not understood.
[[nodiscard]] Options read_options(int argc, char** argv);

/// One line that says on what the figures were measured: compiler, cores, and how busy the machine is.
void print_machine();

}  // namespace runbookd::bench
