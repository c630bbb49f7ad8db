#include "engine/customers.hpp"

#include "catch.hpp"
#include "fakes/engine_bench.hpp"

namespace runbookd::engine {
namespace {

using fakes::blackout;
using fakes::clean_all;
using fakes::clean_every_minute;
using fakes::EngineBench;
using fakes::windows_server;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

runbook::Customer customer(const std::string& name, std::vector<std::string> sites,
                           const std::string& zone = "") {
    runbook::Customer one;
    one.name = name;
    one.sites = std::move(sites);
    one.timezone = zone;
    return one;
}

Customers::Rules rules_of(const std::vector<runbook::Customer>& customers) {
    Customers::Rules rules;
    for (const auto& one : customers) rules.customers[one.name] = one;
    return rules;
}

Device on_site(const std::string& uid, const std::string& site, const std::string& site_name) {
    auto device = windows_server(uid, "PC-" + uid);
    device.site_uid = SiteUid{site};
    device.site_name = site_name;
    return device;
}

/// Acme has s1, birch has s3; s2 is On-Demand, s4 nobody's.
struct Account : EngineBench {
    explicit Account(Customers::Rules rules = rules_of({customer("acme", {"Acme *"}, "Europe/Berlin"),
                                                        customer("birch", {"S3"})}))
        : EngineBench(
              {windows_server("d1", "A1"), on_site("d3", "s3", "Birch"), on_site("d4", "s4", "Lone")}) {
        sites.push_back({SiteUid{"s3"}, "Birch", false});
        sites.push_back({SiteUid{"s4"}, "Lone", false});
        set(std::move(rules));
    }
    void set(Customers::Rules rules) {
        tell([&](Engine& core, Instant now) { core.set_customers(std::move(rules), now); });
    }
    [[nodiscard]] std::vector<std::string> created_on() const {
        std::vector<std::string> on;
        for (const auto& [create, at] : calls<CreateQuickJob>()) on.push_back(create.device.str());
        return on;
    }
    [[nodiscard]] std::vector<std::string> decided() const {
        std::vector<std::string> lines;
        for (const auto& one : all<TargetDecided>())
            lines.push_back(one.device.str() + " " + std::string(to_text(one.disposition)) + " " +
                            one.reason);
        return lines;
    }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a site is the customer's whose pattern fits its name, or who names its uid",
          "[engine][customers]") {
    Customers customers;
    customers.set(rules_of(
        {customer("acme", {"acme *"}), customer("birch", {"Acme B*", "s9"}), customer("cedar", {"*"})}));
    const auto whose = [&](const char* uid, const char* name) {
        const auto* const known = customers.of(SiteUid{uid}, SharedText(name));
        return known == nullptr ? std::string("nobody") : known->name.str();
    };
    CHECK(whose("s1", "ACME HQ") == "acme");
    CHECK(whose("s2", "Acme Berlin") == "acme");  // the first by name
    CHECK(whose("S9", "Acme Rome") == "birch");   // its uid
    CHECK(whose("s3", "Other") == "cedar");
    CHECK(whose("s3", "Acme now") == "acme");  // renamed
    REQUIRE(customers.shared().size() == 3);
    CHECK(customers.shared()[0] == Customers::Shared{"ACME HQ", "acme", "cedar"});
    CHECK(customers.shared()[1] == Customers::Shared{"Acme Berlin", "acme", "birch"});
    CHECK(customers.find("birch")->name.str() == "birch");
    CHECK(customers.find("bir") == nullptr);
    CHECK(customers.unknown("brich") == "customer 'brich' does not exist; did you mean 'birch'?");
    customers.set({});
    CHECK(whose("s1", "ACME HQ") == "nobody");
}

TEST_CASE("a device's zone is its customer's, else the account's, if somebody chose one",
          "[engine][customers]") {
    auto rules = rules_of({customer("acme", {"Acme *"}, "Europe/Berlin"), customer("birch", {"Birch"})});
    const auto acme = on_site("d1", "s1", "Acme HQ"), birch = on_site("d2", "s2", "Birch"),
               lone = on_site("d3", "s3", "Lone");
    Customers customers;
    customers.set(rules);
    CHECK(customers.zone_of(acme) == "Europe/Berlin");
    CHECK(customers.zone_of(birch).empty());
    CHECK(customers.zone_of(lone).empty());
    rules.account_zone = "America/New_York";
    rules.is_zone_written = true;
    customers.set(rules);
    CHECK(customers.zone_of(birch) == "America/New_York");
    CHECK(customers.zone_of(lone) == "America/New_York");
}

TEST_CASE("whose sites are is recorded, and again only what changes", "[engine][customers]") {
    Account bench;
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{5});
    const auto first = bench.all<SitesAssigned>();
    REQUIRE(first.size() == 1);
    REQUIRE(first[0].rows.size() == 2);
    CHECK(first[0].rows[0].site == SiteUid{"s1"});
    CHECK(first[0].rows[0].customer == "acme");
    CHECK(first[0].rows[1].site == SiteUid{"s3"});
    bench.run_for(minutes{30});
    CHECK(bench.all<SitesAssigned>().size() == 1);
    bench.set(rules_of({customer("acme", {"Acme *"}), customer("cedar", {"Lone"})}));
    REQUIRE(bench.all<SitesAssigned>().size() == 2);
    const auto changed = bench.all<SitesAssigned>()[1].rows;
    REQUIRE(changed.size() == 2);
    CHECK(changed[0].customer.empty());
    CHECK(changed[1].customer == "cedar");

    Account again;
    RecoveredState state;
    state.sites = first[0].rows;
    again.start({}, state);
    again.run_for(seconds{5});
    CHECK(again.all<SitesAssigned>().empty());
}

TEST_CASE("a site of two customers is told once, and in the status", "[engine][customers]") {
    Account bench(rules_of({customer("acme", {"Acme *"}), customer("birch", {"*HQ"})}));
    bench.start({});
    bench.run_for(minutes{30});
    REQUIRE(bench.notes("customer.shared_site").size() == 1);
    REQUIRE(bench.engine().site_problems().size() == 1);
    CHECK(
        bench.engine().site_problems()[0] ==
        "customer acme: the site 'Acme HQ' fits the customer 'birch' too, and stays with the first by name; "
        "name it by its uid in one of them");
    bench.set(rules_of({customer("acme", {"Acme *"}), customer("birch", {"s1"})}));
    CHECK(bench.engine().site_problems().empty());
}

TEST_CASE("selectors, scopes and variables know the customer", "[engine][customers]") {
    Account bench;
    auto book = clean_all("sweep");
    book.targets.include = {{.customer = runbook::TextMatch{{"acme", "birch"}}}};
    auto others = clean_all("others");
    others.targets.include = {{.customer = runbook::TextMatch{{"acme"}, true}}};
    others.variables.emplace(
        "who", *templates::Template::parse(
                   "{{ customer.name | default('nobody') }} {{ customer.timezone | default('-') }}"));
    ComponentVariable who;
    who.name = "who";
    who.type = "string";
    who.input = true;
    bench.components[0].variables.push_back(who);
    bench.start({book, others});
    bench.run("sweep");
    bench.run_for(seconds{10});
    CHECK(bench.created_on() == Lines{"d1", "d3"});
    REQUIRE(bench.all<RunStarted>().size() == 1);
    CHECK(bench.all<RunStarted>()[0].targets.at(0).customer.str() == "acme");
    bench.run("others");
    bench.run_for(seconds{10});
    REQUIRE(bench.all<JobCreated>().size() == 4);
    CHECK(bench.all<JobCreated>()[2].variables.at("who") == "birch UTC");
    CHECK(bench.all<JobCreated>()[3].variables.at("who") == "nobody -");
}

TEST_CASE("a run may be narrowed to customers, and a misspelt one is refused", "[engine][customers]") {
    Account bench;
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{5});
    RunScope scope;
    scope.customers = {"brich"};
    bench.run("sweep", scope);
    REQUIRE(bench.run_answers.size() == 1);
    CHECK(bench.run_answers[0].error().code == ErrorCode::not_found);
    CHECK(bench.run_answers[0].error().message == "customer 'brich' does not exist; did you mean 'birch'?");
    scope.customers = {"birch"};
    bench.run("sweep", scope);
    bench.run_for(seconds{10});
    CHECK(bench.created_on() == Lines{"d3"});
}

TEST_CASE("a customer's blackout holds the creates on its devices, and on no others", "[engine][customers]") {
    auto rules = rules_of({customer("acme", {"Acme *"}), customer("birch", {"s3"})});
    rules.customers["acme"].not_during = blackout("0 0 * * *", minutes{30});  // until 00:30
    rules.customers["birch"].not_during = blackout("0 0 * * *", hours{3});
    Account bench(rules);
    bench.start({clean_every_minute("sweep", hours{1}), clean_all("other")});
    bench.run("other");
    bench.run_for(seconds{20});
    CHECK(bench.created_on() == Lines{"d4"});
    bench.run_for(minutes{35});
    const auto created = bench.created_on();
    CHECK(std::count(created.begin(), created.end(), "d1") >= 1);
    CHECK(std::count(created.begin(), created.end(), "d3") == 0);
    for (const auto& [create, at] : bench.calls<CreateQuickJob>())
        if (create.device.str() == "d1") CHECK(at.utc >= *parse_utc("2026-03-01T00:30:00Z"));
    bench.run_for(minutes{40});
    const auto decided = bench.decided();
    CHECK(std::find(decided.begin(), decided.end(), "d3 skipped blackout") != decided.end());
}

TEST_CASE("a blackout that a reload takes away holds no more", "[engine][customers]") {
    auto rules = rules_of({customer("acme", {"Acme *"})});
    rules.customers["acme"].not_during = blackout("0 0 * * *", hours{3});
    rules.account_not_during = blackout("0 0 * * *", hours{2});
    Account bench(rules);
    auto book = clean_all("sweep");
    book.window = hours{4};
    bench.start({book});
    bench.run("sweep");
    bench.run_for(minutes{10});
    CHECK(bench.created_on().empty());
    rules.account_not_during = {};
    bench.set(rules);
    bench.run_for(minutes{1});
    CHECK(bench.created_on() == Lines{"d3", "d4"});
    bench.set(rules_of({}));
    bench.run_for(minutes{1});
    CHECK(bench.created_on() == Lines{"d3", "d4", "d1"});
}

TEST_CASE("the account's blackout refuses what could create nothing", "[engine][customers]") {
    Customers::Rules rules;
    rules.account_not_during = blackout("0 0 * * *", hours{2});
    Account bench(rules);
    bench.start({clean_all("sweep")});
    bench.run_for(seconds{5});
    bench.run("sweep");
    REQUIRE(bench.run_answers.size() == 1);
    CHECK(bench.run_answers[0].error().code == ErrorCode::refused_by_rule);
    CHECK(bench.run_answers[0].error().message.find("until 2026-03-01T02:00:00.000Z") != std::string::npos);
    bench.quick_job("d1", "c1");
    bench.run_for(seconds{1});
    REQUIRE(bench.quick_answers.size() == 1);
    CHECK(bench.quick_answers[0].error().message ==
          "nothing may be created on device 'A1' until 2026-03-01T02:00:00.000Z: not_during of the account: "
          "freeze");
}

TEST_CASE("a quick job is held by the customer's blackout", "[engine][customers]") {
    auto rules = rules_of({customer("acme", {"Acme *"}), customer("birch", {"s3"})});
    rules.customers["acme"].not_during = blackout("0 0 * * *", hours{1});
    Account bench(rules);
    bench.start({});
    bench.run_for(seconds{5});
    bench.quick_job("d1", "c1");
    bench.quick_job("d3", "c1");
    bench.run_for(seconds{5});
    REQUIRE(bench.quick_answers.size() == 2);
    CHECK(bench.quick_answers[0].error().code == ErrorCode::refused_by_rule);
    CHECK(bench.quick_answers[0].error().message.find("customer acme: freeze") != std::string::npos);
    CHECK(bench.quick_answers[1]);
}

TEST_CASE("the account's blackout skips an occurrence as the runbook's own does", "[engine][customers]") {
    EngineBench bench;
    auto book = clean_every_minute("sweep", minutes{10});
    book.schedule = fakes::schedule_of("5 0 * * *");
    // Neither covers the window alone.
    book.not_during = blackout("0 0 * * *", minutes{10});
    book.account_not_during =
        std::make_shared<const schedule::Blackouts>(blackout("10 0 * * *", minutes{10}));
    bench.start({book});
    bench.run_for(minutes{30});
    CHECK(bench.all<RunPlanned>().empty());
    REQUIRE(bench.all<OccurrenceDecided>().size() == 1);
    CHECK(bench.all<OccurrenceDecided>()[0].reason == "blackout");
}

}  // namespace runbookd::engine
