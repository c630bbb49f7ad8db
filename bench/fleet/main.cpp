// Selecting targets from a large fleet, and what the fleet costs in memory, beside a plain vector of structs
// with fnmatch and with std::regex.
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "counted_memory.hpp"
#include "engine/customers.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_history.hpp"
#include "engine/targeting.hpp"
#include "harness.hpp"
#include "plain_fleet.hpp"

namespace {

using namespace runbookd;
using bench::Figures;
using bench::PlainDevice;
using bench::PlainTest;
using runbook::TextMatch;

constexpr std::size_t kDevices = 100'000;
constexpr std::size_t kPage = 250;
constexpr std::size_t kDevicesOfASite = 125;

UtcTime now() { return *parse_utc("2026-12-01T02:00:00Z"); }

struct Described {
    engine::Device device;
    std::map<int, std::string> udf;
};

/// 800 sites, a handful of systems, two user-defined fields on each device: one of few values, one of its
/// own.
Described describe(std::size_t n, std::mt19937_64& random) {
    constexpr const char* kSystems[] = {"Microsoft Windows Server 2022 Standard 10.0.20348",
                                        "Microsoft Windows Server 2019 Standard 10.0.17763",
                                        "Microsoft Windows 11 Pro 10.0.22631",
                                        "Microsoft Windows 10 Pro 10.0.19045",
                                        "Ubuntu 22.04.4 LTS",
                                        "macOS 14.5"};
    constexpr const char* kTypes[] = {"Server", "Server", "Desktop", "Laptop", "Server", "Laptop"};
    constexpr const char* kPatch[] = {"FullyPatched", "RebootRequired", "ApprovedPending", "NoPolicy"};
    const auto site = n / kDevicesOfASite;
    const auto system = random() % std::size(kSystems);
    char uid[40], site_uid[40], hostname[40];
    std::snprintf(uid, sizeof uid, "%08zx-%04x-4000-8000-%012zx", n,
                  static_cast<unsigned>(random() & 0xFFFFU), n);
    std::snprintf(site_uid, sizeof site_uid, "%08zx-0000-4000-8000-%012zx", site, site);
    std::snprintf(hostname, sizeof hostname, "C%03zu-%s%05zu", site, system < 2 ? "SRV" : "WS", n);
    Described one;
    auto& device = one.device;
    device.uid = DeviceUid{uid};
    device.site_uid = SiteUid{site_uid};
    device.site_name = "Customer " + std::to_string(site) + " Headquarters";
    device.hostname = hostname;
    device.os = kSystems[system];
    device.device_type = kTypes[system];
    device.device_class = random() % 50 == 0 ? "printer" : "device";
    device.domain = "corp" + std::to_string(site) + ".example.com";
    device.patch_status = kPatch[random() % std::size(kPatch)];
    one.udf = {{5, random() % 10 == 0 ? "gold" : "silver"}, {12, "asset " + std::to_string(1'000'000 + n)}};
    device.udf = runbook::Udfs({one.udf.begin(), one.udf.end()});
    device.online = random() % 10 != 0;
    device.last_seen = now();
    return one;
}

template <class Take>
void each_device(Take take) {
    std::mt19937_64 random(1);
    for (std::size_t n = 0; n < kDevices; ++n) take(describe(n, random));
}

/// As the daemon reads it: sites, then page by page.
void read_into(engine::Fleet& fleet) {
    fleet.begin_devices(SteadyTime{});
    fleet.add(engine::Page<engine::Site>{}, SteadyTime{});
    engine::Page<engine::Device> page;
    std::size_t read = 0;
    each_device([&](Described one) {
        page.items.push_back(std::move(one.device));
        ++read;
        if (page.items.size() < kPage && read < kDevices) return;
        page.next_cursor = read < kDevices ? "next" : "";
        fleet.add(std::exchange(page, {}), SteadyTime{});
    });
}

double per_device(std::size_t bytes) { return static_cast<double>(bytes) / kDevices; }

void report_memory(engine::Fleet& fleet, engine::Outbox& outbox, engine::FleetHistory& history) {
    const auto empty = bench::bytes_in_use();
    bench::forget_peak();
    read_into(fleet);
    const auto read = bench::bytes_in_use(), read_peak = bench::peak_bytes();
    history.take_in(fleet, {now(), {}});
    for (std::size_t written = 0; written <= kDevices; written += 1000) {
        history.pump(fleet, {now(), {}});
        for (auto& action : outbox.take())
            if (const auto* commit = std::get_if<engine::Commit>(&action))
                outbox.committed(commit->id, {now(), {}});
    }
    const auto known = bench::bytes_in_use();
    bench::forget_peak();
    read_into(fleet);
    const auto again_peak = bench::peak_bytes();
    bench::Table table("Memory, bytes a device (100,000 devices, two user-defined fields each)",
                       {"", "in use", "at most meanwhile"});
    table.row({"first list", bench::number(per_device(read - empty)),
               bench::number(per_device(read_peak - empty))});
    table.row({"with its history", bench::number(per_device(known - empty)), "-"});
    table.row({"while it is read again", "-", bench::number(per_device(again_peak - empty))});
    std::vector<PlainDevice> plain;
    const auto before = bench::bytes_in_use();
    each_device([&](const Described& one) { plain.push_back(bench::as_plain(one.device, one.udf)); });
    plain.shrink_to_fit();
    table.row({"plain structs", bench::number(per_device(bench::bytes_in_use() - before)), "-"});
    table.print();
}

/// One row of the table: what is selected, in our words and in the yardstick's.
struct Row {
    const char* label;
    runbook::Targets targets;
    std::vector<PlainTest> plain;
};

std::vector<Row> rows() {
    const auto hostname = [](const PlainDevice& d) -> const std::string& { return d.hostname; };
    const auto os = [](const PlainDevice& d) -> const std::string& { return d.os; };
    const auto site = [](const PlainDevice& d) -> const std::string& { return d.site_name; };
    const auto type = [](const PlainDevice& d) -> const std::string& { return d.device_type; };
    const auto patch = [](const PlainDevice& d) -> const std::string& { return d.patch_status; };
    const auto udf5 = [](const PlainDevice& d) -> const std::string& { return d.udf.at(5); };
    const auto one = [](runbook::Selector selector) { return runbook::Targets{{std::move(selector)}, {}}; };
    const auto glob = [](std::vector<std::string> any_of, bool negated = false) {
        return TextMatch{std::move(any_of), negated};
    };
    std::vector<Row> rows;
    rows.push_back({"everything", one({.all = true}), {}});
    rows.push_back({"os: *Server*", one({.os = glob({"*Server*"})}), {{os, {"*Server*"}}}});
    rows.push_back({"hostname: C01?-*9", one({.hostname = glob({"C01?-*9"})}), {{hostname, {"C01?-*9"}}}});
    rows.push_back({"hostname: 3 globs",
                    one({.hostname = glob({"*SRV*", "C1*", "*-WS0*1"})}),
                    {{hostname, {"*SRV*", "C1*", "*-WS0*1"}}}});
    rows.push_back(
        {"hostname: not *WS*", one({.hostname = glob({"*WS*"}, true)}), {{hostname, {"*WS*"}, true}}});
    rows.push_back(
        {"udf 5: gold", one({.udf = std::map<int, TextMatch>{{5, glob({"gold"})}}}), {{udf5, {"gold"}}}});
    rows.push_back({"five keys",
                    one({.site = glob({"Customer 1*"}),
                         .hostname = glob({"*-LAB-*"}, true),
                         .os = glob({"*Windows*"}),
                         .device_type = glob({"Server", "Desktop"}),
                         .patch_status = glob({"RebootRequired"})}),
                    {{type, {"Server", "Desktop"}},
                     {patch, {"RebootRequired"}},
                     {os, {"*Windows*"}},
                     {site, {"Customer 1*"}},
                     {hostname, {"*-LAB-*"}, true}}});
    rows.push_back({"everything, 4 excludes",
                    {{{.all = true}},
                     {{.hostname = glob({"*-LAB-*", "*SQL*"})},
                      {.os = glob({"*macOS*"})},
                      {.udf = std::map<int, TextMatch>{{5, glob({"gold"})}}},
                      {.site = glob({"Customer 7*"})}}},
                    {{hostname, {"*-LAB-*", "*SQL*"}, true},
                     {os, {"*macOS*"}, true},
                     {udf5, {"gold"}, true},
                     {site, {"Customer 7*"}, true}}});
    return rows;
}

double milliseconds(double nanoseconds) { return nanoseconds / 1e6; }

void report_selection(const engine::Fleet& fleet, const bench::Options& options) {
    std::vector<PlainDevice> plain;
    each_device([&](const Described& one) { plain.push_back(bench::as_plain(one.device, one.udf)); });
    bench::Table table("Selecting from 100,000 devices, ms (ours: targets in order, exclusions with reasons)",
                       {"targets", "ours", "fnmatch", "std::regex"});
    engine::SelectionFacts facts;
    facts.now = now();
    for (const auto& row : rows()) {
        if (!options.only.empty() && std::string(row.label).find(options.only) == std::string::npos) continue;
        const std::vector<bench::Contender> contenders{
            {"ours",
             [&] {
                 return Figures{milliseconds(bench::nanoseconds_of([&] {
                     bench::keep(engine::select_targets(row.targets, {}, fleet, facts).targets.size());
                 }))};
             }},
            {"fnmatch",
             [&] {
                 return Figures{milliseconds(bench::nanoseconds_of(
                     [&] { bench::keep(bench::select_by_fnmatch(plain, row.plain)); }))};
             }},
            {"std::regex",
             [&] {
                 return Figures{milliseconds(
                     bench::nanoseconds_of([&] { bench::keep(bench::select_by_regex(plain, row.plain)); }))};
             },
             3}};
        const auto found =
            bench::medians(contenders, options.rounds > 0 ? options.rounds : 9, bench::WarmUp::yes);
        table.row(bench::compared(row.label, Figures{found[0][0], found[1][0], found[2][0]}));
    }
    table.print();
}

constexpr std::size_t kCustomers = 200;

std::string customer_name(std::size_t n) { return "customer-" + std::to_string(1000 + n); }

/// 200 customers with four of the 800 sites each: two by pattern, one by name, one by uid.
engine::Customers::Rules customers() {
    engine::Customers::Rules rules;
    for (std::size_t n = 0; n < kCustomers; ++n) {
        const auto site = [n](std::size_t i) { return std::to_string(4 * n + i); };
        char uid[40];
        std::snprintf(uid, sizeof uid, "%08zx-0000-4000-8000-%012zx", 4 * n + 3, 4 * n + 3);
        auto& customer = rules.customers[customer_name(n)];
        customer.name = customer_name(n);
        customer.sites = {"Customer " + site(0) + " *", "Customer " + site(1) + " *",
                          "Customer " + site(2) + " Headquarters", uid};
    }
    return rules;
}

/// A patch runbook over all customers: whose each site is, and the targets of every single customer.
void report_customers(const engine::Fleet& fleet, const bench::Options& options) {
    const std::shared_ptr<const cron::Zone> utc(&cron::utc_zone(), [](const cron::Zone*) {});
    const schedule::Timeline sundays(
        {schedule::Entry{.rule = *cron::Expression::parse("0 2 * * SUN"), .zone = utc}});
    const runbook::Targets servers{{{.os = TextMatch{{"*Server*"}, false}}}, {}};
    const runbook::Targets of_one{{{.customer = TextMatch{{customer_name(7)}, false}}}, {}};
    engine::Customers known;
    known.set(customers());
    engine::SelectionFacts facts;
    facts.now = now();
    facts.customers = &known;
    std::size_t targets = 0;
    const auto select_lane = [&](std::size_t n) {
        const runbook::Lane lane{customer_name(n), sundays, {}, {}};
        facts.lane = &lane;
        targets += engine::select_targets(servers, {}, fleet, facts).targets.size();
        facts.lane = nullptr;
    };
    const auto timed = [&](const char* label, const auto& work) {
        return bench::Contender{label, [work] { return Figures{milliseconds(bench::nanoseconds_of(work))}; }};
    };
    const std::vector<bench::Contender> contenders{
        timed("whose each of the 800 sites is, from nothing",
              [&] {
                  known.set(customers());
                  for (const auto& [device, read_at] : fleet.devices()) bench::keep(known.of(device));
              }),
        timed("targets of one customer's run", [&] { select_lane(7); }),
        timed("the same, customer after customer: all 200",
              [&] {
                  for (std::size_t n = 0; n < kCustomers; ++n) select_lane(n);
              }),
        timed("customer: one of 200, as a selector",
              [&] { bench::keep(engine::select_targets(of_one, {}, fleet, facts).targets.size()); })};
    const auto found =
        bench::medians(contenders, options.rounds > 0 ? options.rounds : 9, bench::WarmUp::yes);
    bench::keep(targets);
    bench::Table table("200 customers, 100,000 devices, ms", {"", "ours"});
    for (std::size_t i = 0; i < contenders.size(); ++i)
        table.row({contenders[i].name, bench::number(found[i][0])});
    table.print();
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    bench::print_machine();
    engine::Fleet fleet;
    engine::Outbox outbox;
    engine::FleetHistory history("main", outbox);
    report_memory(fleet, outbox, history);
    report_selection(fleet, options);
    report_customers(fleet, options);
    return 0;
}
