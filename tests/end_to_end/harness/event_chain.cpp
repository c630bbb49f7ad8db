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

}  // namespace

std::string fault_in_chain(const SqliteReader& store) {
    Digest previous{};
    std::int64_t expected = 1;
    for (const auto& row : store.rows("SELECT * FROM events ORDER BY seq")) {
        if (row.at("seq") != std::to_string(expected++)) return "a gap before event " + row.at("seq");
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
        auto bytes = std::string(previous.begin(), previous.end()) + event.dump();
        SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), previous.data());
        if (hex_of(previous) != row.at("hash")) return "event " + row.at("seq") + " has another hash";
    }
    return expected == 1 ? "there are no events" : "";
}

}  // namespace runbookd::end_to_end
