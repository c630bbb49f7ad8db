// The hash chain, recomputed by other means than the room's own.
#include <openssl/sha.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

std::string hex(const std::string& bytes) {
    static const char* const digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte / 16];
        text += digits[byte % 16];
    }
    return text;
}

std::string sha256_of(const std::string& bytes) {
    std::string hash(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
           reinterpret_cast<unsigned char*>(hash.data()));
    return hash;
}

/// The first event whose hash does not follow from what is before it; 0: none.
std::int64_t first_broken(const std::string& database) {
    SQLite::Database reader(database, SQLite::OPEN_READONLY, 1000);
    SQLite::Statement events(reader,
                             "SELECT seq, at, subject, subject_uid, kind, actor, data, hash FROM events "
                             "ORDER BY seq");
    std::string previous(32, '\0');
    while (events.executeStep()) {
        // Keys in the order that RFC 8785 demands, written out by hand.
        const auto text = [&](int column) {
            return nlohmann::json(events.getColumn(column).getString()).dump();
        };
        const auto actor = events.isColumnNull(5) ? std::string("null") : text(5);
        const auto line = "{\"actor\":" + actor +
                          ",\"at\":" + std::to_string(events.getColumn(1).getInt64()) +
                          ",\"data\":" + events.getColumn(6).getString() + ",\"kind\":" + text(4) +
                          ",\"seq\":" + std::to_string(events.getColumn(0).getInt64()) +
                          ",\"subject\":" + text(2) + ",\"subject_uid\":" + text(3) + "}";
        previous = sha256_of(previous + line);
        if (hex(previous) != events.getColumn(7).getString()) return events.getColumn(0).getInt64();
    }
    return 0;
}

TEST_CASE("every event's hash follows from the one before it, across restarts", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    {
        OpenStore open(database);
        open.commit({revision(), planned(), started(2), created()});
        open.commit({engine::Noted{"account",
                                   "main",
                                   "api.throttled",
                                   "ana",
                                   {{"quote", "\"\\\n\x01"},
                                    {"umlaut", "\xC3\xA4"},
                                    {"nul", std::string(1, '\0')},
                                    {"broken", "\xC3("},
                                    {"delete", "\x7F"}},
                                   at()}});
    }
    OpenStore open(database);
    open.commit(
        {decided(engine::Disposition::failed), decided(engine::Disposition::skipped, "d2"), finished()});
    CHECK(one(database, "SELECT count(*), max(seq) FROM event_trail") == "8|8");
    CHECK(first_broken(database) == 0);
}

TEST_CASE("an edited event breaks the chain where it stands", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    open.commit({revision(), planned(), started(1), decided(engine::Disposition::failed), finished()});
    open.close();
    SQLite::Database forger(database, SQLite::OPEN_READWRITE, 1000);
    forger.exec(
        "DROP TRIGGER events_are_never_changed;"
        "UPDATE events SET data = json_set(data, '$.disposition', 'succeeded') WHERE kind = "
        "'target.decided'");
    CHECK(first_broken(database) == 4);
}

}  // namespace
}  // namespace runbookd::store_test
