#include "harness.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <limits>
#include <thread>

namespace runbookd::bench {
namespace {

std::string formatted(const char* format, double value) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

std::string first_line_value(const char* file, const std::string& key) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(key)) return line.substr(line.find(':') + 2);
    return "unknown processor";
}

}  // namespace

double thread_nanoseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

std::vector<Figures> medians(std::span<const Contender> contenders, int rounds, WarmUp warm_up) {
    std::vector<std::vector<Figures>> all(contenders.size());
    for (int round = warm_up == WarmUp::yes ? -1 : 0; round < rounds; ++round) {
        for (std::size_t turn = 0; turn < contenders.size(); ++turn) {
            const auto which = round % 2 == 0 ? turn : contenders.size() - 1 - turn;
            if (std::max(round, 0) >= contenders[which].most_rounds) continue;
            auto figures = contenders[which].round();
            if (round >= 0) all[which].push_back(std::move(figures));
        }
    }
    std::vector<Figures> result(contenders.size());
    for (std::size_t which = 0; which < contenders.size(); ++which) {
        for (std::size_t figure = 0; figure < all[which].front().size(); ++figure) {
            std::vector<double> values;
            for (const auto& round : all[which]) values.push_back(round[figure]);
            result[which].push_back(median(std::move(values)));
        }
    }
    return result;
}

double median(std::vector<double> values) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::string number(double value) {
    if (std::isnan(value)) return "-";
    if (value < 10) return formatted("%.2f", value);
    if (value < 1000) return formatted("%.1f", value);
    auto digits = formatted("%.0f", value);
    for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
        digits.insert(static_cast<std::size_t>(place), ",");
    return digits;
}

std::string ratio(double value, double base) {
    if (std::isnan(value) || std::isnan(base) || base == 0) return "-";
    const auto times = value / base;
    return times < 9.95 ? formatted("%.2fx", times) : number(std::round(times)) + "x";
}

Table::Table(std::string title, std::vector<std::string> columns) : title_(std::move(title)) {
    rows_.push_back(std::move(columns));
}

void Table::row(std::vector<std::string> cells) {
    cells.resize(rows_.front().size());
    rows_.push_back(std::move(cells));
}

void Table::print() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
        for (std::size_t n = 0; n < row.size(); ++n) widths[n] = std::max(widths[n], row[n].size());
    std::printf("\n### %s\n\n", title_.c_str());
    for (std::size_t line = 0; line < rows_.size(); ++line) {
        for (std::size_t n = 0; n < widths.size(); ++n) {
            const auto width = static_cast<int>(widths[n]);
            std::printf(n == 0 ? "| %-*s |" : " %*s |", width, rows_[line][n].c_str());
        }
        std::printf("\n");
        if (line > 0) continue;
        for (std::size_t n = 0; n < widths.size(); ++n)
            std::printf("%s%s%s|", n == 0 ? "|" : "", std::string(widths[n] + 1, '-').c_str(),
                        n == 0 ? "-" : ":");
        std::printf("\n");
    }
    std::fflush(stdout);
}

std::vector<std::string> compared(std::string label, std::span<const double> figures) {
    std::vector<std::string> cells{std::move(label)};
    for (std::size_t n = 0; n < figures.size(); ++n) {
        auto cell = number(figures[n]);
        if (n > 0 && !std::isnan(figures[n])) cell += " (" + ratio(figures[n], figures[0]) + ")";
        cells.push_back(std::move(cell));
    }
    return cells;
}

Options read_options(int argc, char** argv) {
    Options options;
    for (int n = 1; n < argc; ++n) {
        const std::string word = argv[n];
        if (word == "--full") {
            options.full = true;
        } else if (word == "--rounds" && n + 1 < argc && std::atoi(argv[n + 1]) > 0) {
            options.rounds = std::atoi(argv[++n]);
        } else if (!word.starts_with("-") && options.only.empty()) {
            options.only = word;
        } else {
            std::fprintf(stderr, "usage: %s [--full] [--rounds N] [PART]\n", argv[0]);
            std::exit(word == "--help" || word == "-h" ? 0 : 2);
        }
    }
    return options;
}

void print_machine() {
    std::array<double, 1> load{};
    if (getloadavg(load.data(), 1) != 1) load[0] = std::numeric_limits<double>::quiet_NaN();
    std::printf("%s, %u cores, load %.1f at the start; compiler %s\n",
                first_line_value("/proc/cpuinfo", "model name").c_str(), std::thread::hardware_concurrency(),
                load[0], __VERSION__);
}

}  // namespace runbookd::bench
