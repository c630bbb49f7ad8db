#include "store/near_text.hpp"

#include "catch.hpp"

namespace runbookd::store {
namespace {

const Hostnames kHosts{"acme-ws001", "acme-ws002", "dc01"};

TEST_CASE("what differs from device to device is masked", "[store]") {
    struct Example {
        const char* text;
        const char* masked;
    };
    const Example examples[] = {
        {"", ""},
        {"OK", "OK"},
        {"Deleted 12 files, 3.5 MB of 1,024", "Deleted # files, # MB of #"},
        {"10.0.0.17 answered in 3ms", "# answered in #ms"},
        {"2026-12-01T02:00:03.123Z done", "<time> done"},
        {"2026-12-01T02:00:03+01:00 done", "<time> done"},
        {"at 02:00 on 1/12/2026", "at <time> on <time>"},
        {"KB5031234 is missing", "KB# is missing"},
        {"id 123e4567-e89b-12d3-a456-426614174000.", "id <id>."},
        {"commit d117fa006ba92085", "commit <id>"},
        {"run 01K9ZD3V8Q5M7R2T4X6Y8B0C1D", "run <id>"},
        {"decade facade", "decade facade"},
        {"ACME-WS001: rebooted", "<host>: rebooted"},
        {"on acme-ws002.corp.example.com!", "on <host>!"},
        {"ACME-WS0011 is another", "ACME-WS# is another"},
        {"DC01\\share", "<host>\\share"},
        {"caf\xC3\xA9 7", "caf\xC3\xA9 #"},
    };
    for (const auto& example : examples) {
        CAPTURE(example.text);
        CHECK(near_text(example.text, kHosts) == example.masked);
    }
}

TEST_CASE("what says something else stays different", "[store]") {
    CHECK(near_text("3 files deleted", {}) != near_text("3 files kept", {}));
    CHECK(near_text("ACME-WS001 ok", {}) != near_text("ACME-DC01 ok", {}));
    CHECK(near_text("error 5", {}) == near_text("error 50", {}));
}

}  // namespace
}  // namespace runbookd::store
