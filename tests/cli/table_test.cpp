#include "cli/table.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "cli/lists.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

Table example() {
    return {{{"NAME", Align::left, true}, {"N", Align::right, false}, {"STATUS"}},
            {{"clear-temp-files", "7", "completed"}, {"müll", "1200", "failed"}}};
}

}  // namespace

TEST_CASE("columns are aligned by letters, numbers to the right", "[cli]") {
    CHECK(render(example(), {}) ==
          "NAME                 N  STATUS\n"
          "clear-temp-files     7  completed\n"
          "müll              1200  failed\n");
}

TEST_CASE("on a narrow terminal the columns that may shrink do", "[cli]") {
    CHECK(render(example(), {.width = 26, .has_colour = false}) ==
          "NAME          N  STATUS\n"
          "clear-te…     7  completed\n"
          "müll       1200  failed\n");
    CHECK(render(example(), {.width = 5, .has_colour = false}) ==
          "NAME         N  STATUS\n"
          "clear-t…     7  completed\n"
          "müll      1200  failed\n");
}

TEST_CASE("states have a colour where colour is wanted", "[cli]") {
    const auto text = render(example(), {.width = 80, .has_colour = true});
    CHECK(text.find("\x1b[31mfailed\x1b[0m") != std::string::npos);
    CHECK(render(example(), {.width = 80, .has_colour = false}).find('\x1b') == std::string::npos);
}

TEST_CASE("a cell cannot steer the terminal", "[cli]") {
    const Table table{{{"NAME"}},
                      {{"a\x1b[2Jb\nc\td\xC2\x9B"
                        "e"}}};
    CHECK(render(table, {}) == "NAME\na?[2Jb c d?e\n");
}

TEST_CASE("CSV quotes what needs it", "[cli]") {
    CHECK(csv_line({"a", "", "b,c", "say \"hi\"", "two\nlines"}) ==
          "a,,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\"\n");
}

TEST_CASE("a list's CSV has its columns also when it is empty", "[cli]") {
    CHECK(csv_of(Verb::occurrences, nlohmann::ordered_json::array()) ==
          "runbook,revision,zone,customer,nominal_at,nominal_until,count,verdict,reason,run_uid\n");
}

TEST_CASE("times and spans are short in tables", "[cli]") {
    CHECK(short_time("2026-12-01T02:00:03.123Z") == "2026-12-01 02:00:03");
    CHECK(short_time("").empty());
    CHECK(short_duration(2345) == "2.3s");
    CHECK(short_duration(0) == "0.0s");
    CHECK(short_duration(65'432) == "1m5s");
}

TEST_CASE("runs are told by their counts", "[cli]") {
    const auto runs = nlohmann::ordered_json::parse(
        R"([{"run_uid":"01A","runbook":"clean","trigger":"manual","status":"failed","targets":60,"pending":0,
             "succeeded":58,"failed":2,"warning":0,"started_at":"2026-12-01T02:00:03.123Z","finished_at":null}])");
    CHECK(render(table_of(Verb::runs, runs), {}) ==
          "RUN  RUNBOOK  TRIGGER  STATUS  TARGETS  OUTCOME                 STARTED (UTC)        FINISHED "
          "(UTC)\n"
          "01A  clean    manual   failed       60  58 succeeded, 2 failed  2026-12-01 02:00:03\n");
}

}  // namespace runbookd::cli
