#include <fstream>
#include <sstream>

#include "base/time.hpp"
#include "catch.hpp"
#include "cli/session.hpp"
#include "http_api/fake_daemon.hpp"

namespace runbookd::testing {

TEST_CASE("next answers for an expression without daemon or configuration", "[cli]") {
    Session session;
    CHECK(session.run({"next", "--cron", "30 2 * * *", "--tz", "Europe/Berlin", "--from", "2026-03-28",
                       "--count", "2", "--json"}) == 0);
    CHECK(session.out == R"([
  {
    "at": "2026-03-28T01:30:00.000Z",
    "local": "2026-03-28T02:30:00.000+01:00",
    "runbook": null,
    "zone": "Europe/Berlin",
    "window_end": null,
    "suppressed_by": null,
    "customer": null
  },
  {
    "at": "2026-03-29T01:00:00.000Z",
    "local": "2026-03-29T03:00:00.000+02:00",
    "runbook": null,
    "zone": "Europe/Berlin",
    "window_end": null,
    "suppressed_by": null,
    "customer": null
  }
]
)");
}

TEST_CASE("next starts after now, in UTC, as a table", "[cli]") {
    Session session;
    session.clock.set(*parse_utc("2026-12-01T02:00:00Z"));
    CHECK(session.run({"next", "--cron", "0 2 * * *", "--count", "1"}) == 0);
    CHECK(
        session.out ==
        "0 2 * * * (UTC): at 02:00 every day\n"
        "\n"
        "AT (UTC)             LOCAL                          RUNBOOK  ZONE  WINDOW END (UTC)  SUPPRESSED BY\n"
        "2026-12-02 02:00:00  2026-12-02T02:00:00.000+00:00           UTC\n");
}

TEST_CASE("next answers for six fields and macros", "[cli]") {
    Session session;
    CHECK(session.run(
              {"next", "--cron", "*/20 0 2 * * *", "--from", "2026-12-01", "--count", "2", "--csv"}) == 0);
    CHECK(session.out ==
          "at,local,runbook,zone,window_end,suppressed_by,customer\n"
          "2026-12-01T02:00:00.000Z,2026-12-01T02:00:00.000+00:00,,UTC,,,\n"
          "2026-12-01T02:00:20.000Z,2026-12-01T02:00:20.000+00:00,,UTC,,,\n");
    CHECK(session.run({"next", "--cron", "@every 90m", "--from", "2026-12-01", "--count", "1", "--csv"}) ==
          0);
    CHECK(session.out.find("\n2026-12-01T01:30:00.000Z,") != std::string::npos);
}

TEST_CASE("next tells the local time of zones that are not whole hours from UTC", "[cli]") {
    struct Case {
        const char* zone;
        const char* from;
        const char* row;
    };
    for (const auto& one :
         {Case{"Asia/Kathmandu", "2026-12-01", "2026-12-01T06:15:00.000Z,2026-12-01T12:00:00.000+05:45,"},
          Case{"Australia/Lord_Howe", "2026-07-01",
               "2026-07-01T01:30:00.000Z,2026-07-01T12:00:00.000+10:30,"},
          Case{"America/St_Johns", "2026-12-01", "2026-12-01T15:30:00.000Z,2026-12-01T12:00:00.000-03:30,"},
          Case{"Africa/Monrovia", "1970-01-01",
               "1970-01-01T12:44:30.000Z,1970-01-01T12:00:00.000-00:44:30,"}}) {
        INFO(one.zone);
        Session session;
        CHECK(session.run({"next", "--cron", "0 12 * * *", "--tz", one.zone, "--from", one.from, "--count",
                           "1", "--csv"}) == 0);
        CHECK(session.out.find(one.row) != std::string::npos);
    }
}

TEST_CASE("next says what is wrong with an expression, a zone or a time", "[cli]") {
    Session session;
    CHECK(session.run({"next", "--cron", "61 * * * *"}) == 1);
    CHECK(session.err.find("column 1") != std::string::npos);
    CHECK(session.run({"next", "--cron", "* * * * *", "--tz", "Europe/Berln"}) == 1);
    CHECK(session.err.find("Europe/Berlin") != std::string::npos);
    CHECK(session.run({"next", "--cron", "* * * * *", "--from", "soon"}) == 1);
    CHECK(session.err.find("--from") != std::string::npos);
}

namespace {

/// A configuration with three runbooks, one of them broken.
struct Configured {
    TempFolder folder;
    std::string file = folder.file("runbookd.yaml");
    Configured() {
        std::filesystem::create_directory(folder.file("runbooks.d"));
        write("runbookd.yaml",
              "accounts:\n  main: {api: datto, url: 'http://127.0.0.1:1', key: k, secret: s}\n"
              "allow_plaintext_secrets: true\nrunbooks: runbooks.d\n");
        write("runbooks.d/clean.yaml",
              "schedule: '0 2 * * *'\nwindow: 3h\ntargets: {include: [{all: true}]}\ncomponent: Clear Temp "
              "Files\n");
        write("runbooks.d/manual.yaml", "targets: {include: [{all: true}]}\ncomponent: Reboot\n");
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.file(name)) << text;
    }
};

}  // namespace

TEST_CASE("next knows the runbooks of a configuration", "[cli]") {
    const Configured configured;
    Session session;
    CHECK(session.run({"--config", configured.file, "next", "clean", "--from", "2026-12-01", "--count", "1",
                       "--csv"}) == 0);
    CHECK(session.out ==
          "at,local,runbook,zone,window_end,suppressed_by,customer\n"
          "2026-12-01T02:00:00.000Z,2026-12-01T02:00:00.000+00:00,clean,UTC,2026-12-01T05:00:00.000Z,,\n");
    CHECK(session.run({"--config", configured.file, "next", "claen"}) == 1);
    CHECK(session.err.find("did you mean 'clean'?") != std::string::npos);
    CHECK(session.run({"--config", configured.file, "next", "manual"}) == 1);
    CHECK(session.err.find("has no schedule") != std::string::npos);
}

TEST_CASE("next says by what an occurrence is suppressed", "[cli]") {
    const Configured configured;
    const auto write = [&](const std::string& rules) {
        configured.write("runbooks.d/night.yaml",
                         "schedule: [{cron: '0 2 * * *', timezone: Europe/Berlin}, {at: 2026-12-02T12:00}]\n"
                         "targets: {include: [{all: true}]}\ncomponent: Sweep\nwindow: 2h\n" +
                             rules);
    };
    Session session;
    const auto reasons = [&] {
        CHECK(session.run({"--config", configured.file, "next", "night", "--from", "2026-12-01T12:00:00Z",
                           "--count", "3", "--csv"}) == 0);
        std::vector<std::string> found;
        std::istringstream lines(session.out);
        std::string line;
        std::getline(lines, line);
        while (std::getline(lines, line)) {
            const auto end = line.rfind(',');
            const auto begin = line.rfind(',', end - 1) + 1;
            found.push_back(line.substr(begin, end - begin));
        }
        return found;
    };
    using Reasons = std::vector<std::string>;
    write("not_during: [{from: 2026-12-02, to: 2026-12-02, reason: change freeze}]\n");
    CHECK(reasons() == Reasons{"change freeze", "change freeze", ""});
    write("not_during: [{cron: '0 2 3 12 *', for: 2h}]\n");
    CHECK(reasons() == Reasons{"", "", "blackout"});
    write("not_during: [{cron: '0 2 3 12 *', for: 119m}]\n");  // a minute of the window is left
    CHECK(reasons() == Reasons{"", "", ""});
    write("not_during: [{cron: '0 2 3 12 *', for: 90m}]\nfinish_by: window\ntimeout: 30m\n");
    CHECK(reasons() == Reasons{"", "", "blackout"});
    CHECK(session.run({"--config", configured.file, "next", "night", "--from", "2026-12-01T12:00:00Z",
                       "--count", "1", "--json"}) == 0);
    CHECK(session.out ==
          "[\n  {\n    \"at\": \"2026-12-02T01:00:00.000Z\",\n"
          "    \"local\": \"2026-12-02T02:00:00.000+01:00\",\n    \"runbook\": \"night\",\n"
          "    \"zone\": \"Europe/Berlin\",\n    \"window_end\": \"2026-12-02T03:00:00.000Z\",\n"
          "    \"suppressed_by\": null,\n    \"customer\": null\n  }\n]\n");
}

namespace {

/// Thirty customers with one window, and one with another, in another zone and with a blackout.
struct WithCustomers : Configured {
    WithCustomers() {
        std::string customers;
        for (int n = 10; n < 40; ++n)
            customers += "  c" + std::to_string(n) + ": {sites: [S" + std::to_string(n) +
                         "], windows: {patch: {cron: '0 2 * * SUN', for: 3h}}}\n";
        write("runbookd.yaml",
              "accounts:\n  main: {api: datto, url: 'http://127.0.0.1:1', key: k, secret: s, timezone: "
              "Europe/Berlin,\n    not_during: [{from: 2026-12-27, to: 2026-12-27, reason: inventory}]}\n"
              "allow_plaintext_secrets: true\nrunbooks: runbooks.d\ncustomers:\n" +
                  customers +
                  "  zoo: {sites: [Z], timezone: America/New_York, windows: {patch: {cron: '0 22 * * SAT', "
                  "for: 90m}},\n"
                  "    not_during: [{from: 2026-12-05, to: 2026-12-06, reason: sale}]}\n");
        write("runbooks.d/patch.yaml",
              "schedule: {maintenance: patch}\ntargets: {include: [{all: true}]}\ncomponent: Patch\n");
    }
};

}  // namespace

TEST_CASE("next of a runbook with many customers stays readable", "[cli]") {
    const WithCustomers configured;
    Session session;
    CHECK(session.run({"--config", configured.file, "next", "patch", "--from", "2026-12-06T00:30:00Z",
                       "--count", "3"}) == 0);
    CHECK(session.out ==
          "patch: 0 2 * * SUN (c10, c11, c12 and 27 more): at 02:00 on Sundays\n"
          "patch: 0 22 * * SAT (zoo): at 22:00 on Saturdays\n"
          "\n"
          "AT (UTC)             LOCAL                          RUNBOOK  CUSTOMER  ZONE           WINDOW END "
          "(UTC)    "
          " SUPPRESSED BY\n"
          "2026-12-06 01:00:00  2026-12-06T02:00:00.000+01:00  patch    c10       Europe/Berlin  2026-12-06 "
          "04:00:00\n"
          "2026-12-06 01:00:00  2026-12-06T02:00:00.000+01:00  patch    c11       Europe/Berlin  2026-12-06 "
          "04:00:00\n"
          "2026-12-06 01:00:00  2026-12-06T02:00:00.000+01:00  patch    c12       Europe/Berlin  2026-12-06 "
          "04:00:00\n");
}

TEST_CASE("next of one customer, its own window and what holds it", "[cli]") {
    const WithCustomers configured;
    Session session;
    CHECK(session.run({"--config", configured.file, "next", "--customer", "zoo", "--from", "2026-12-01",
                       "--count", "2", "--csv"}) == 0);
    CHECK(session.out ==
          "at,local,runbook,zone,window_end,suppressed_by,customer\n"
          "2026-12-06T03:00:00.000Z,2026-12-05T22:00:00.000-05:00,patch,America/New_York,"
          "2026-12-06T04:30:00.000Z,sale,zoo\n"
          "2026-12-13T03:00:00.000Z,2026-12-12T22:00:00.000-05:00,patch,America/New_York,"
          "2026-12-13T04:30:00.000Z,,zoo\n");
    CHECK(session.run({"--config", configured.file, "next", "--customer", "c10", "--from", "2026-12-26",
                       "--count", "1", "--csv"}) == 0);
    CHECK(session.out.find(",inventory,c10\n") != std::string::npos);
    CHECK(session.run({"--config", configured.file, "next", "--customer", "zo"}) == 1);
    CHECK(session.err.find("customer 'zo' does not exist; did you mean 'zoo'?") != std::string::npos);
}

TEST_CASE("next heads its table with each schedule in words", "[cli]") {
    const Configured configured;
    Session session;
    CHECK(session.run({"--config", configured.file, "next", "--from", "2026-12-01", "--count", "1"}) == 0);
    CHECK(session.out.starts_with("clean: 0 2 * * * (UTC): at 02:00 every day\n\nAT (UTC)"));
    CHECK(session.out.find("manual") == std::string::npos);
}

TEST_CASE("lint tells what is valid and not meant, and fails on it", "[cli]") {
    const Configured configured;
    Session session;
    session.clock.set(*parse_utc("2026-12-01T12:00:00Z"));
    CHECK(session.run({"--config", configured.file, "lint"}) == 1);  // nobody has chosen a time zone
    CHECK(session.out.find("no_zone") == std::string::npos);
    CHECK(session.out.find("names a time zone") != std::string::npos);
    configured.write("runbooks.d/clean.yaml",
                     "schedule: {cron: '0 2 * * *', timezone: UTC}\ntargets: {include: [{all: true}]}\n"
                     "component: Clear Temp Files\n");
    CHECK(session.run({"--config", configured.file, "lint"}) == 0);
    CHECK(session.out == "2 runbooks are valid, and nothing speaks against them\n");
    CHECK(session.run({"lint", "--json", configured.folder.file("runbooks.d/clean.yaml")}) == 0);
    CHECK(session.out == "[]\n");
    configured.write("runbooks.d/late.yaml",
                     "schedule:\n  cron: 0 2 31 * *\n  timezone: UTC\ntargets: {include: [{all: true}]}\n"
                     "component: Clear Temp Files\n");
    CHECK(session.run({"lint", "--json", configured.folder.file("runbooks.d")}) == 1);
    for (const auto* part : {"\"line\": 2", "\"column\": 9", "\"path\": \"schedule.cron\"",
                             "\"severity\": \"warning\"", "\"code\": \"missing_day\"",
                             "\"suggestion\": \"0 2 L * *\"", "late.yaml", "\"message\": ", "\"expected\": "})
        CHECK(session.out.find(part) != std::string::npos);
    configured.write("runbooks.d/late.yaml", "schedule: 0 2 32 * *\n");
    CHECK(session.run({"lint", configured.folder.file("runbooks.d")}) == 1);
    CHECK(session.out.find("error: schedule") != std::string::npos);
    CHECK(session.out.find("2 runbooks are valid, 1 refused, 3 findings") != std::string::npos);
}

TEST_CASE("validate tells every diagnostic and fails on an error", "[cli]") {
    const Configured configured;
    Session session;
    CHECK(session.run({"--config", configured.file, "validate"}) == 0);
    CHECK(session.out.find("2 runbooks are valid\n") != std::string::npos);
    configured.write("runbooks.d/broken.yaml",
                     "targets: {include: [{all: true}]}\ncomponent: X\nwindwo: 3h\n");
    CHECK(session.run({"--config", configured.file, "validate"}) == 1);
    CHECK(session.out.find("2 runbooks are valid, 1 refused\n") != std::string::npos);
    CHECK(session.run({"validate", "--json", configured.folder.file("runbooks.d/broken.yaml")}) == 1);
    for (const auto* part :
         {"\"line\": 3", "\"path\": \"windwo\"", "\"severity\": \"error\"", "\"suggestion\": \"window\"",
          "\"code\": \"unknown_key\"", "\"column\": ", "\"expected\": ", "\"message\": "})
        CHECK(session.out.find(part) != std::string::npos);
    CHECK(session.run({"validate", "--json", configured.folder.file("runbooks.d/clean.yaml")}) == 0);
    CHECK(session.out == "[]\n");
    CHECK(session.run({"validate", configured.folder.file("none.yaml")}) == 1);
}

}  // namespace runbookd::testing
