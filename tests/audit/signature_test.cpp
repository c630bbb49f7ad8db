// What a signed checkpoint proves that the chain alone does not.
#include <nlohmann/json.hpp>

#include "audit/record.hpp"
#include "audit/verify.hpp"
#include "catch.hpp"
#include "store/line_hasher.hpp"

namespace runbookd::audit_test {
namespace {

using audit::verify_record;

/// Builds the whole chain anew from what the rows hold now, as somebody without the key could.
void rebuild_chain(const std::string& database) {
    SQLite::Database forger(database, SQLite::OPEN_READWRITE, 1000);
    SQLite::Statement events(
        forger, "SELECT seq, at, subject, subject_uid, kind, actor, data FROM events ORDER BY seq");
    const auto text = [&](int column) { return events.getColumn(column).getString(); };
    store::LineHasher hasher;
    Sha256 hash{};
    std::vector<std::string> hashes;
    while (events.executeStep()) {
        const auto subject = text(2), subject_uid = text(3), kind = text(4), actor = text(5), data = text(6);
        store::StoredEvent event{events.getColumn(0).getInt64(),
                                 events.getColumn(1).getInt64(),
                                 subject,
                                 subject_uid,
                                 kind,
                                 std::nullopt,
                                 data};
        if (!events.isColumnNull(5)) event.actor = actor;
        hash = hasher.hash_of(hash, event);
        hashes.push_back(to_hex(hash));
    }
    events.reset();
    for (std::size_t i = 0; i < hashes.size(); ++i)
        forger.exec("UPDATE events SET hash = '" + hashes[i] + "' WHERE seq = " + std::to_string(i + 1));
}

TEST_CASE("a checkpoint is signed with the first events, after a thousand, and at the end", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    const auto pair = make_key_pair();
    write_record(database, signing_key(pair));
    const auto events = one(database, "SELECT max(seq) FROM events");
    CHECK(one(database, "SELECT count(*), min(seq), max(seq) FROM checkpoints") == "2|13|" + events);
    write_notes(database, 1500, signing_key(pair));
    CHECK(one(database, "SELECT count(*) FROM checkpoints") == "3");
    const auto report = verify_record(database, pair.public_pem);
    REQUIRE(report);
    CHECK(report->is_fine());
    CHECK(report->is_key_given);
    REQUIRE(report->signed_until);
    CHECK(report->signed_until->seq == report->last_seq);
}

TEST_CASE("without a key nothing is signed, and verify says so", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    write_record(database);
    CHECK(one(database, "SELECT count(*) FROM checkpoints") == "0");
    const auto report = verify_record(database);
    REQUIRE(report);
    CHECK(report->is_fine());
    CHECK_FALSE(report->signed_until);
    const auto with_key = verify_record(database, make_key_pair().public_pem);
    REQUIRE(with_key);
    REQUIRE(with_key->found == 1);
    CHECK(contains(with_key->findings[0].what, "none is signed by the public key"));
}

TEST_CASE("a chain that was built anew is found before the last checkpoint", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    const auto pair = make_key_pair();
    write_record(database, signing_key(pair));
    tamper(database,
           "UPDATE events SET actor = 'eve' WHERE seq = 2; UPDATE runs SET actor = 'eve' WHERE id = 1");
    rebuild_chain(database);
    const auto report = verify_record(database, pair.public_pem);
    REQUIRE(report);
    REQUIRE(report->found >= 1);
    CHECK(report->findings[0].seq == 13);
    CHECK(contains(report->findings[0].what, "the chain was built anew"));
}

TEST_CASE("a chain that was built anew and signed with another key is found with the public key only",
          "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    const auto ours = make_key_pair();
    write_record(database, signing_key(ours));
    tamper(database,
           "UPDATE events SET actor = 'eve' WHERE seq = 2; UPDATE runs SET actor = 'eve' WHERE id = 1;"
           "DELETE FROM checkpoints");
    rebuild_chain(database);
    write_notes(database, 1, signing_key(make_key_pair()));
    CHECK(verify_record(database)->is_fine());
    const auto report = verify_record(database, ours.public_pem);
    REQUIRE(report);
    REQUIRE(report->found == 1);
    CHECK(contains(report->findings[0].what, "none is signed by the public key"));
    CHECK(report->by_other_keys == 1);
}

TEST_CASE("a checkpoint that was changed is found, and so is a trail cut before it", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    const auto pair = make_key_pair();
    write_record(database, signing_key(pair));
    SECTION("its time") {
        tamper(database, "UPDATE checkpoints SET at = at + 1 WHERE seq = 13");
        const auto report = verify_record(database, pair.public_pem);
        REQUIRE(report);
        REQUIRE(report->found == 1);
        CHECK(report->findings[0].subject == "checkpoint 13");
    }
    SECTION("the end of the trail") {
        const auto last = std::stoll(one(database, "SELECT max(seq) FROM events"));
        tamper(database, "DELETE FROM events WHERE seq = " + std::to_string(last));
        const auto report = verify_record(database, pair.public_pem);
        REQUIRE(report);
        REQUIRE(report->found >= 1);
        CHECK(report->findings[0].seq == last);
        CHECK(contains(report->findings[0].what, "cut off the end"));
    }
}

TEST_CASE("a trail that begins after a checkpoint and tells nothing of it is found", "[audit]") {
    const TempFolder folder;
    const auto database = folder.file("audit.db");
    const auto pair = make_key_pair();
    write_record(database, signing_key(pair));
    tamper(database, "DELETE FROM events WHERE seq <= 13");
    const auto report = verify_record(database, pair.public_pem);
    REQUIRE(report);
    CHECK(report->pruned_until == 13);
    REQUIRE(report->found >= 1);
    CHECK(report->findings[0].kind == "chain");
    CHECK(report->findings[0].seq == 13);
    CHECK(contains(report->findings[0].what, "record.events_pruned"));
    tamper(database, "DELETE FROM events WHERE seq = 14");
    const auto more = verify_record(database, pair.public_pem);
    REQUIRE(more);
    REQUIRE(more->found >= 1);
    CHECK(more->findings[0].what == "is missing: the next one that is there is event 15");
}

TEST_CASE("what is no Ed25519 key is refused without being shown", "[audit]") {
    CHECK_FALSE(store::SigningKey::from_pem("hunter2hunter2"));
    CHECK_FALSE(contains(store::SigningKey::from_pem("hunter2hunter2").error().message, "hunter2"));
    CHECK_FALSE(store::public_key_from_pem(make_key_pair().private_pem));
    const auto pair = make_key_pair();
    const auto key = signing_key(pair);
    CHECK(store::public_key_from_pem(pair.public_pem) == key.public_key());
    const auto signature = key.sign("text");
    CHECK(store::is_signed_by(key.public_key(), "text", signature));
    CHECK_FALSE(store::is_signed_by(key.public_key(), "texts", signature));
    CHECK_FALSE(store::is_signed_by("no key", "text", signature));
}

}  // namespace
}  // namespace runbookd::audit_test
