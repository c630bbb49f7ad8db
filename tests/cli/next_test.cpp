#include <fstream>

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
    "suppressed_by": null
  },
  {
    "at": "2026-03-29T01:00:00.000Z",
    "local": "2026-03-29T03:00:00.000+02:00",
    "runbook": null,
    "zone": "Europe/Berlin",
    "window_end": null,
    "suppressed_by": null
  }
]
)");
}

TEST_CASE("next starts after now, in UTC, as a table", "[cli]") {
    Session session;
    session.clock.set(*parse_utc("2026-12-01T02:00:00Z"));
    CHECK(session.run({"next", "--cron", "0 2 * * *", "--count", "1"}) == 0);
    CHECK(session.out ==
          "AT (UTC)             LOCAL                          RUNBOOK  ZONE  WINDOW END (UTC)\n"
          "2026-12-02 02:00:00  2026-12-02T02:00:00.000+00:00           UTC\n");
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
    TemporaryFolder folder;
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
          "at,local,runbook,zone,window_end,suppressed_by\n"
          "2026-12-01T02:00:00.000Z,2026-12-01T02:00:00.000+00:00,clean,UTC,2026-12-01T05:00:00.000Z,\n");
    CHECK(session.run({"--config", configured.file, "next", "claen"}) == 1);
    CHECK(session.err.find("did you mean 'clean'?") != std::string::npos);
    CHECK(session.run({"--config", configured.file, "next", "manual"}) == 1);
    CHECK(session.err.find("has no schedule") != std::string::npos);
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
