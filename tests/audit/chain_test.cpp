// Whatever is done to a single event is found, and the first one is named.
#include "audit/chain.hpp"

#include "audit/record.hpp"
#include "catch.hpp"

namespace runbookd::audit_test {
namespace {

using audit::check_chain;

std::int64_t count_of(const std::string& database) {
    return std::stoll(one(database, "SELECT count(*) FROM events"));
}

/// The first event that does not follow; 0: all do.
std::int64_t first_broken(store::Connection& connection) {
    const auto report = check_chain(connection, audit::read_checkpoints(connection));
    return report.broken ? report.broken->seq : 0;
}

std::string n(std::int64_t number) { return std::to_string(number); }

struct Scene {
    TempFolder folder;
    std::string database = folder.file("audit.db");
    Scene() { write_record(database); }
};

TEST_CASE("the chain of an honest record holds to its end", "[audit]") {
    const Scene scene;
    store::Connection connection(scene.database, store::Access::read_only);
    const auto report = check_chain(connection, {});
    CHECK_FALSE(report.broken);
    CHECK(report.events == count_of(scene.database));
    CHECK(report.end.seq == report.events);
    CHECK(to_hex(report.end.hash) ==
          one(scene.database, "SELECT hash FROM events ORDER BY seq DESC LIMIT 1"));
    CHECK(report.pruned_until == 0);
}

TEST_CASE("a change of any column of any event is found where it is", "[audit]") {
    const Scene scene;
    store::Connection connection(scene.database, store::Access::read_write);
    for (std::int64_t seq = 1; seq <= count_of(scene.database); ++seq)
        for (const std::string change :
             {"at = at + 1", "subject = subject || ' '", "subject_uid = 'x' || subject_uid",
              "kind = upper(kind)", "actor = iif(actor IS NULL, '', NULL)", "data = data || ' '",
              "data = json_set(data, '$.added', 1)", "hash = replace(hash, substr(hash, 1, 1), 'z')"}) {
            INFO("event " << seq << ": " << change);
            try_tampering(connection, "UPDATE events SET " + change + " WHERE seq = " + n(seq),
                          [&] { CHECK(first_broken(connection) == seq); });
        }
    CHECK(first_broken(connection) == 0);
}

TEST_CASE("a removed event is found, whether the others are numbered anew or not", "[audit]") {
    const Scene scene;
    store::Connection connection(scene.database, store::Access::read_write);
    const auto count = count_of(scene.database);
    for (std::int64_t seq = 1; seq < count; ++seq) {
        const auto removal = "DELETE FROM events WHERE seq = " + n(seq) + ";";
        INFO("event " << seq);
        try_tampering(connection, removal, [&] { CHECK(first_broken(connection) == seq); });
        try_tampering(connection,
                      removal + "UPDATE events SET seq = -(seq - 1) WHERE seq > " + n(seq) +
                          "; UPDATE events SET seq = -seq WHERE seq < 0",
                      [&] { CHECK(first_broken(connection) == seq); });
    }
}

TEST_CASE("an inserted event is found", "[audit]") {
    const Scene scene;
    store::Connection connection(scene.database, store::Access::read_write);
    for (std::int64_t seq = 1; seq <= count_of(scene.database); ++seq) {
        INFO("before event " << seq);
        try_tampering(
            connection,
            "UPDATE events SET seq = -(seq + 1) WHERE seq >= " + n(seq) +
                "; UPDATE events SET seq = -seq WHERE seq < 0;"
                "INSERT INTO events SELECT " +
                n(seq) +
                ", at, subject, subject_uid, kind, actor, data, hash FROM events WHERE seq = " + n(seq + 1),
            [&] {
                const auto first = first_broken(connection);
                CHECK((first == seq || first == seq + 1));
                CHECK(first != 0);
            });
    }
}

TEST_CASE("two events that changed places are found", "[audit]") {
    const Scene scene;
    store::Connection connection(scene.database, store::Access::read_write);
    const auto count = count_of(scene.database);
    for (std::int64_t a = 1; a < count; ++a)
        for (const auto b : {a + 1, count}) {
            if (a >= b) continue;
            INFO(a << " and " << b);
            try_tampering(connection,
                          "UPDATE events SET seq = -1 WHERE seq = " + n(a) +
                              "; UPDATE events SET seq = " + n(a) + " WHERE seq = " + n(b) +
                              "; UPDATE events SET seq = " + n(b) + " WHERE seq = -1",
                          [&] { CHECK(first_broken(connection) == a); });
        }
}

TEST_CASE("what is wrong is said in words", "[audit]") {
    const Scene scene;
    store::Connection connection(scene.database, store::Access::read_write);
    try_tampering(connection, "DELETE FROM events WHERE seq IN (4, 5)", [&] {
        const auto report = check_chain(connection, {});
        REQUIRE(report.broken);
        CHECK(report.broken->subject == "event 4");
        CHECK(report.broken->what == "is missing: the next one that is there is event 6");
        CHECK(report.events == 3);
    });
    try_tampering(connection, "UPDATE events SET actor = 'eve' WHERE seq = 2", [&] {
        const auto report = check_chain(connection, {});
        REQUIRE(report.broken);
        CHECK(contains(report.broken->what, "does not follow from its content"));
    });
}

}  // namespace
}  // namespace runbookd::audit_test
