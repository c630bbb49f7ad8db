#include "end_to_end/harness/event_chain.hpp"

#include <openssl/sha.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace runbookd::end_to_end {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::string hex_of(const Digest& digest) {
    std::string text;
    for (const auto byte : digest) {
        std::array<char, 3> two{};
        std::snprintf(two.data(), two.size(), "%02x", static_cast<unsigned>(byte));
        text += two.data();
    }
    return text;
}

/// The event as RFC 8785 JSON.
std::string json_of(const Row& row) {
    nlohmann::json event;  // its keys are sorted
    event["seq"] = std::stoll(row.at("seq"));
    event["at"] = std::stoll(row.at("at"));
    event["subject"] = row.at("subject");
    event["subject_uid"] = row.at("subject_uid");
    event["kind"] = row.at("kind");
    if (row.at("actor") == kNull)
        event["actor"] = nullptr;
    else
        event["actor"] = row.at("actor");
    event["data"] = nlohmann::json::parse(row.at("data"));
    return event.dump();
}

}  // namespace

std::vector<std::string> hashes_of(const std::vector<Row>& events) {
    std::vector<std::string> hashes;
    Digest previous{};
    for (const auto& row : events) {
        const auto bytes = std::string(previous.begin(), previous.end()) + json_of(row);
        SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), previous.data());
        hashes.push_back(hex_of(previous));
    }
    return hashes;
}

std::string fault_in_chain(const SqliteReader& store) {
    const auto events = store.rows("SELECT * FROM events ORDER BY seq");
    const auto hashes = hashes_of(events);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const auto& seq = events[i].at("seq");
        if (seq != std::to_string(i + 1)) return "a gap before event " + seq;
        if (hashes[i] != events[i].at("hash")) return "event " + seq + " has another hash";
    }
    return events.empty() ? "there are no events" : "";
}

}  // namespace runbookd::end_to_end
