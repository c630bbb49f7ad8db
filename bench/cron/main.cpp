// The next instant of common and of the worst expressions, beside one civil conversion and one zone look-up
// by the date library: what a search on local time cannot do without.
#include <date/date.h>
#include <date/tz.h>

#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cron/expression.hpp"
#include "harness.hpp"
#include "zones/zones.hpp"

namespace {

using namespace runbookd;
using bench::Contender;
using bench::Figures;
using cron::Expression;

constexpr int kQuestions = 4096;
constexpr int kRounds = 9;

struct Row {
    const char* text;
    cron::Options options = {};
    const char* label = nullptr;
    const char* asked_at = nullptr;  ///< one question over and over: the hardest
    int questions = kQuestions;
};

std::vector<Row> rows() {
    cron::Options both;
    both.days = cron::DayJoin::both;
    auto skip = both;
    skip.gap = cron::GapRule::skip;
    cron::Options offset;
    offset.offset = std::chrono::days{5};
    return {
        {"* * * * *"},
        {"*/15 * * * *"},
        {"0 * * * *"},
        {"0 2 * * *"},
        {"0 2 * * SUN"},
        {"*/15 8-17 * * MON-FRI"},
        {"0 3 1,15 * *"},
        {"30 9 13 * FRI"},
        {"*/10 * * * * *"},
        {"0 2 L * *"},
        {"0 2 15W * *"},
        {"0 2 * * TUE#2"},
        {"0 2 * * TUE#2", offset, "0 2 * * TUE#2, offset 5d"},
        {"@every 15m"},
        {"0 0 1 1 *"},
        {"0 0 31 2,12 *"},
        {"0 0 29 2 *"},
        {"0 0 29 2 */7"},
        {"0 0 29 2 */7", {}, "0 0 29 2 */7, from 2088 to 2128", "2088-03-01"},
        {"0 0 29 2 */7", {}, "the same, asked before a change", "2088-03-28T00:59:59"},
        {"30 2 29-31 2,3 SUN", skip, "30 2 29-31 2,3 SUN, and, gap: skip, 2088", "2088-03-01"},
        {"0 0 29 2 MON#5", both, "0 0 29 2 MON#5, days: and"},
        {"0 0 29-31 * SUN#5", both, "0 0 29-31 * SUN#5, days: and"},
        {"30 2 * 3 SUNL", skip, "30 2 * 3 SUNL, and, gap: skip (never in Berlin)", nullptr, 64},
    };
}

/// Random instants from 2024 to 2034, whole milliseconds.
std::vector<UtcTime> questions() {
    std::mt19937_64 random(11);
    const auto first = to_unix_ms(*parse_utc("2024-01-01")), last = to_unix_ms(*parse_utc("2034-01-01"));
    std::uniform_int_distribution<std::int64_t> any(first, last);
    std::vector<UtcTime> instants;
    for (int n = 0; n < kQuestions; ++n) instants.push_back(from_unix_ms(any(random)));
    return instants;
}

/// Two figures: asked at random, and each instant from the one before (as a daemon asks), over ten years.
Figures ask(const Expression& expression, const cron::Zone& zone, const std::vector<UtcTime>& asked,
            const Row& row) {
    const auto count = row.questions;
    const auto random = bench::nanoseconds_of([&] {
        for (int n = 0; n < count; ++n)
            bench::keep(expression.next_after(asked[static_cast<std::size_t>(n)], zone));
    });
    auto at = asked.front();
    const auto chained = bench::nanoseconds_of([&] {
        for (int n = 0; n < count; ++n) {
            const auto next = expression.next_after(at, zone);
            at = next && *next < asked.front() + std::chrono::days{36'500} ? *next : asked.front();
        }
    });
    bench::keep(at);
    return {random / count, chained / count};
}

Figures ask_again(const Expression& expression, const cron::Zone& zone, const Row& row) {
    const auto at = *parse_utc(row.asked_at);
    const auto time = bench::nanoseconds_of([&] {
        for (int n = 0; n < row.questions; ++n) bench::keep(expression.next_after(at, zone));
    });
    return {time / row.questions, time / row.questions};
}

/// One day number to year, month and day, and back.
Figures civil(const std::vector<UtcTime>& asked) {
    const auto time = bench::nanoseconds_of([&] {
        for (const auto at : asked) {
            const date::year_month_day date{
                date::floor<date::days>(date::sys_time<Millis>{at.time_since_epoch()})};
            bench::keep(date::sys_days{date});
        }
    });
    return {time / kQuestions};
}

Figures look_up(const date::time_zone& zone, const std::vector<UtcTime>& asked) {
    const auto time = bench::nanoseconds_of([&] {
        for (const auto at : asked)
            bench::keep(zone.get_info(date::sys_time<Millis>{at.time_since_epoch()}).offset);
    });
    return {time / kQuestions};
}

Figures our_look_up(const cron::Zone& zone, const std::vector<UtcTime>& asked) {
    const auto time = bench::nanoseconds_of([&] {
        for (const auto at : asked) bench::keep(zone.at(at).offset);
    });
    return {time / kQuestions};
}

void compare_in(const std::string& name, zones::Zones& zones, int rounds) {
    const auto zone = *zones.find(name);
    const auto asked = questions();
    const auto table_rows = rows();
    std::vector<Contender> contenders{
        {"civil", [&] { return civil(asked); }},
        {"look-up", [&] { return look_up(*date::locate_zone(name == "UTC" ? "Etc/UTC" : name), asked); }},
        {"ours", [&] { return our_look_up(*zone, asked); }},
    };
    for (const auto& row : table_rows) {
        auto expression = std::make_shared<Expression>(*Expression::parse(row.text, row.options));
        contenders.push_back({row.text, [&asked, &row, zone, expression] {
                                  return row.asked_at != nullptr ? ask_again(*expression, *zone, row)
                                                                 : ask(*expression, *zone, asked, row);
                              }});
    }
    const auto figures = bench::medians(contenders, rounds, bench::WarmUp::yes);
    const auto civil_ns = figures[0][0], look_up_ns = figures[1][0];
    bench::Table table(
        "Next instant in " + name + ", ns (one civil conversion there and back by date: " +
            bench::number(civil_ns) + "; one zone look-up by date: " + bench::number(look_up_ns) +
            ", ours: " + bench::number(figures[2][0]) + ")",
        {"expression", "one after another", "at random", "random / civil", "random / look-up"});
    for (std::size_t i = 0; i < table_rows.size(); ++i) {
        const auto& figure = figures[i + 3];
        const auto& row = table_rows[i];
        table.row({row.label != nullptr ? row.label : row.text, bench::number(figure[1]),
                   bench::number(figure[0]), bench::ratio(figure[0], civil_ns),
                   bench::ratio(figure[0], look_up_ns)});
    }
    table.print();
}

void compare_parsing(int rounds) {
    const std::vector<const char*> texts{
        "* * * * *", "0 2 * * SUN", "*/15 8-17 * JAN-MAR MON-FRI", "0 0 L-3,15W * FRIL", "H H(1-4) * * *",
        "@daily",    "@every 15m"};
    std::vector<Contender> contenders;
    for (const auto* text : texts) {
        contenders.push_back({text, [text] {
                                  constexpr int kCount = 1000;
                                  const auto time = bench::nanoseconds_of([&] {
                                      for (int n = 0; n < kCount; ++n) bench::keep(Expression::parse(text));
                                  });
                                  return Figures{time / kCount};
                              }});
    }
    const auto figures = bench::medians(contenders, rounds, bench::WarmUp::yes);
    bench::Table table("Parse, ns", {"expression", "ours"});
    for (std::size_t i = 0; i < texts.size(); ++i) table.row({texts[i], bench::number(figures[i][0])});
    table.print();
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    const int rounds = options.rounds != 0 ? options.rounds : kRounds;
    bench::print_machine();
    std::printf("An expression: %zu bytes and its text.\n\n", sizeof(Expression));
    zones::Zones zones;
    for (const std::string name : {"UTC", "Europe/Berlin", "Australia/Lord_Howe"})
        if (name.find(options.only) != std::string::npos) compare_in(name, zones, rounds);
    if (std::string("parse").find(options.only) != std::string::npos) compare_parsing(rounds);
}
