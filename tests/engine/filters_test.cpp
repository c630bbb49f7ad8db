#include "engine/filters.hpp"

#include "catch.hpp"
#include "engine/page_tries.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::failure;
using fakes::windows_server;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Runbook clean_filtered(const std::string& name, std::vector<std::string> filters,
                                bool negated = false) {
    auto book = clean_all(name);
    book.targets.include = {{.filter = runbook::TextMatch{std::move(filters), negated}}};
    return book;
}

std::vector<std::string> targets_of(const EngineBench& bench, std::size_t run = 0) {
    std::vector<std::string> uids;
    const auto started = bench.all<RunStarted>();
    for (const auto& row : started.at(run).targets) uids.push_back(row.device.str());
    return uids;
}

/// Three devices; filter 7 has the first two, filter 8 nobody.
struct ThreeDevices : EngineBench {
    ThreeDevices()
        : EngineBench({windows_server("d1", "A"), windows_server("d2", "B"), windows_server("d3", "C")}) {
        filters = {{7, "All Servers"}, {8, "Empty"}};
        members = {{7, {DeviceUid{"d1"}, DeviceUid{"d2"}}}, {8, {}}};
    }
};

Filters known(std::vector<Filter> customs) {
    Filters filters;
    filters.begin_names(SteadyTime{});
    filters.add(Page<Filter>{{{1, "Vendor's"}}, ""});
    filters.add(Page<Filter>{std::move(customs), ""});
    return filters;
}

}  // namespace

TEST_CASE("a filter is found by its exact name or its id, the vendor's and the account's",
          "[engine][filters]") {
    const auto filters =
        known({{7, "All Servers"}, {8, "all servers"}, {9, "Twice"}, {10, "twice"}, {11, "8"}});
    CHECK(filters.find("Vendor's") == 1);
    CHECK(filters.find("vendor's") == 1);
    CHECK(filters.find("All Servers") == 7);  // as written comes before ignoring case
    CHECK(filters.find("all servers") == 8);
    CHECK(filters.find("10") == 10);
    CHECK(filters.find("8") == 8);  // an id comes before a name
    CHECK(filters.find("TWICE").error().code == ErrorCode::conflict);
    CHECK(filters.find("TWICE").error().message.find("9, 10") != std::string::npos);
    CHECK(filters.find("All Srvers").error().message.find("did you mean 'All Servers'") != std::string::npos);
    CHECK(filters.find("99").error().code == ErrorCode::not_found);
}

TEST_CASE("names count once both lists have come, and a list that breaks off changes nothing",
          "[engine][filters]") {
    auto filters = known({{7, "Old"}});
    filters.begin_names(SteadyTime{seconds{60}});
    filters.add(Page<Filter>{{}, ""});
    filters.add(Page<Filter>{{{8, "New"}}, "more"});
    filters.abandon_names();
    CHECK(filters.find("Old") == 7);
    CHECK(filters.names_read_at() == SteadyTime{});
    filters.begin_names(SteadyTime{seconds{70}});
    filters.add(Page<Filter>{{}, ""});
    filters.add(Page<Filter>{{{8, "New"}}, "more"});
    CHECK(std::get<ReadCustomFilters>(filters.next_names_page()).cursor == "more");
    filters.add(Page<Filter>{{{9, "Newer"}}, ""});
    CHECK(filters.find("New") == 8);
    CHECK(filters.find("Newer") == 9);
    CHECK_FALSE(filters.find("Old"));
    CHECK(filters.names_read_at() == SteadyTime{seconds{70}});
}

TEST_CASE("a run selects those who fit a filter when it begins", "[engine][filters]") {
    ThreeDevices bench;
    bench.start({clean_filtered("sweep", {"all servers"}), clean_filtered("rest", {"7", "Empty"}, true)});
    bench.run_for(minutes{2});
    CHECK(bench.calls<ReadFilterDevices>().empty());  // nobody has asked
    bench.run("sweep");
    bench.run("rest");
    bench.run_for(seconds{5});
    CHECK(targets_of(bench, 0) == std::vector<std::string>{"d1", "d2"});
    CHECK(targets_of(bench, 1) == std::vector<std::string>{"d3"});
    CHECK(bench.calls<ReadFilterDevices>().size() == 2);  // runs of one instant share a reading
    bench.members[7] = {DeviceUid{"d3"}};
    bench.run_for(minutes{5});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(targets_of(bench, 2) == std::vector<std::string>{"d3"});
}

TEST_CASE("an empty filter selects nobody, and the run is completed, where its guard lets it",
          "[engine][filters]") {
    ThreeDevices bench;
    auto book = clean_filtered("sweep", {"Empty"});
    book.guard.min = 0;
    bench.start({book});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(targets_of(bench).empty());
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::completed);
}

TEST_CASE("a filter that does not exist aborts the run and says what would fit", "[engine][filters]") {
    ThreeDevices bench;
    auto book = clean_every_minute("sweep", minutes{1});
    book.targets.exclude = {{.filter = runbook::TextMatch{{"All Srvers"}}}};
    bench.start({book});
    bench.run_for(minutes{1});
    CHECK(bench.all<RunStarted>().at(0).targets.empty());
    const auto finished = bench.all<RunFinished>();
    REQUIRE(finished.size() == 1);
    CHECK(finished[0].status == RunStatus::aborted);
    CHECK(finished[0].reason == "rejected");
    CHECK(bench.all<OccurrenceDecided>().at(0).verdict == Verdict::on_time);
    REQUIRE(bench.notes("run.filter_not_found").size() == 1);
    CHECK(bench.notes("run.filter_not_found")[0].data.at("message").find("'All Servers'") !=
          std::string::npos);
    CHECK(bench.calls<CreateQuickJob>().empty());
}

TEST_CASE("two filters of one name abort the run and are told apart by their ids", "[engine][filters]") {
    ThreeDevices bench;
    bench.filters.push_back({9, "All Servers"});
    bench.start({clean_filtered("sweep", {"All Servers"})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::aborted);
    CHECK(bench.notes("run.filter_not_found").at(0).data.at("message").find("7, 9") != std::string::npos);
}

TEST_CASE("a filter that was removed since its name was read aborts the run", "[engine][filters]") {
    ThreeDevices bench;
    bench.members.erase(7);
    bench.start({clean_filtered("sweep", {"7"})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.all<RunFinished>().at(0).status == RunStatus::aborted);
    CHECK(bench.notes("run.filter_not_found").at(0).data.at("message").find("filter '7' cannot be read") !=
          std::string::npos);
}

TEST_CASE("whoever wrote the runbook hears of a missing filter when it takes effect, once",
          "[engine][filters]") {
    ThreeDevices bench;
    bench.start({clean_all("other"), clean_filtered("sweep", {"Lost", "All Servers"})});
    bench.run_for(minutes{1});
    REQUIRE(bench.notes("runbook.filter_not_found").size() == 1);
    CHECK(bench.notes("runbook.filter_not_found")[0].subject_uid == "sweep");
    bench.reload({clean_all("other"), clean_filtered("sweep", {"Lost", "All Servers"})});
    bench.run_for(minutes{1});
    CHECK(bench.notes("runbook.filter_not_found").size() == 1);
    bench.filters.push_back({20, "Lost"});
    bench.reload({clean_all("other"), clean_filtered("sweep", {"Lost", "All Servers"})});
    bench.run_for(minutes{1});
    bench.filters.pop_back();
    bench.reload({clean_all("other"), clean_filtered("sweep", {"Lost", "All Servers"})});
    bench.run_for(minutes{1});
    CHECK(bench.notes("runbook.filter_not_found").size() == 2);
}

TEST_CASE("runbooks without filters cost no call for them", "[engine][filters]") {
    ThreeDevices bench;
    bench.start({clean_all("sweep")});
    bench.run("sweep");
    bench.run_for(minutes{30});
    CHECK(bench.calls<ReadDefaultFilters>().empty());
    CHECK(bench.calls<ReadCustomFilters>().empty());
}

TEST_CASE("a reading that fails is tried again, and the run waits for it", "[engine][filters]") {
    ThreeDevices bench;
    int failures = PageTries::kMost;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadFilterDevices>(call) && failures-- > 0)
            return failure(FailureKind::server_error, 500);
        return std::nullopt;
    };
    bench.start({clean_filtered("sweep", {"7"})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(bench.all<RunStarted>().empty());
    bench.run_for(minutes{1});
    CHECK(targets_of(bench) == std::vector<std::string>{"d1", "d2"});
}

TEST_CASE("a page without an answer is asked for again, and its list goes on", "[engine][filters]") {
    ThreeDevices bench;
    int lost_names = 2;
    int lost_members = 2;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        if (std::holds_alternative<ReadCustomFilters>(call) && lost_names-- > 0)
            return failure(FailureKind::lost);
        const auto* read = std::get_if<ReadFilterDevices>(&call);
        if (read == nullptr) return std::nullopt;
        if (read->cursor.empty()) return Page<DeviceUid>{{DeviceUid{"d1"}}, "page=1"};
        if (lost_members-- > 0) return failure(FailureKind::server_error, 502);
        return Page<DeviceUid>{{DeviceUid{"d3"}}, ""};
    };
    bench.start({clean_filtered("sweep", {"7"})});
    bench.run_for(seconds{9});
    CHECK(bench.calls<ReadDefaultFilters>().size() == 1);  // read before, and not again
    CHECK(bench.calls<ReadCustomFilters>().size() == 3);
    bench.run("sweep");
    bench.run_for(seconds{9});
    CHECK(targets_of(bench) == std::vector<std::string>{"d1", "d3"});
    const auto read = bench.calls<ReadFilterDevices>();
    REQUIRE(read.size() == 4);
    CHECK(read[0].first.cursor.empty());
    for (std::size_t i = 1; i < read.size(); ++i) CHECK(read[i].first.cursor == "page=1");
}

TEST_CASE("a filter's members come page by page", "[engine][filters]") {
    ThreeDevices bench;
    bench.script = [&](const ApiCall& call, Instant) -> std::optional<ApiResult> {
        const auto* read = std::get_if<ReadFilterDevices>(&call);
        if (read == nullptr) return std::nullopt;
        if (read->cursor.empty()) return Page<DeviceUid>{{DeviceUid{"d1"}}, "page=1"};
        CHECK(read->cursor == "page=1");
        return Page<DeviceUid>{{DeviceUid{"d3"}}, ""};
    };
    bench.start({clean_filtered("sweep", {"7"})});
    bench.run("sweep");
    bench.run_for(seconds{5});
    CHECK(targets_of(bench) == std::vector<std::string>{"d1", "d3"});
    CHECK(bench.calls<ReadFilterDevices>().size() == 2);
}

}  // namespace runbookd::engine
