#include "audit/left_out.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "base/sha256.hpp"
#include "base/time.hpp"

namespace runbookd::audit {
namespace {

using nlohmann::json;

/// The changes of a job's status, and the column that holds when it came about.
struct Arrival {
    std::string_view kind, status, column;
};
constexpr std::array kArrivals{
    Arrival{"job.queued", "queued", "queued_at"}, Arrival{"job.running", "running", "started_at"},
    Arrival{"job.completed", "completed", "completed_at"}, Arrival{"job.failed", "failed", "completed_at"},
    Arrival{"job.timeout", "timeout", "completed_at"}};

void put_back(json& data, const char* key, const json& value) {
    if (!data.contains(key)) data[key] = value;
}

void complete_creation(json& data) {
    put_back(data, "step", 1);
    put_back(data, "attempt", 1);
    if (!data.contains("variables_sha256"))
        data["variables_sha256"] = sha256_hex(data.value("variables", json::object()).dump());
}

void complete_change(json& data, const Arrival& arrival, std::int64_t at) {
    if (data.contains("status")) return;
    data["status"] = arrival.status;
    put_back(data, std::string(arrival.column).c_str(), format_utc(from_unix_ms(at)));
    if (data.contains("ran_at")) put_back(data, "started_at", json(data["ran_at"]));
}

void complete_hashes(json& data) {
    for (const auto* const key : {"stdout_sha256", "stderr_sha256"})
        if (const auto said = data.find(key); said != data.end() && *said == "") *said = sha256_hex("");
}

}  // namespace

void put_back_left_out(json& data, std::string_view kind, std::int64_t at) {
    if (kind == "job.created") return complete_creation(data);
    const auto arrival = std::find_if(kArrivals.begin(), kArrivals.end(),
                                      [&](const Arrival& one) { return one.kind == kind; });
    if (arrival != kArrivals.end()) complete_change(data, *arrival, at);
    if (kind.starts_with("job.")) complete_hashes(data);
}

}  // namespace runbookd::audit
