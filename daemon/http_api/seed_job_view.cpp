// The seed's job object (design section 8): our row in the seed's names, with a summary in words.
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "http_api/views.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

struct Renamed {
    const char* column;
    const char* key;
};
constexpr Renamed kRenamed[] = {
    {"job_uid", "jobUid"},
    {"job_id", "jobId"},
    {"status", "status"},
    {"device_uid", "deviceUid"},
    {"hostname", "hostname"},
    {"site_uid", "siteUid"},
    {"component_uid", "componentUid"},
    {"component_name", "componentName"},
    {"variables", "variables"},
    {"created_at_ms", "createdAt"},
    {"queued_at_ms", "queuedAt"},
    {"started_at_ms", "startedAt"},
    {"completed_at_ms", "completedAt"},
    {"exit_code", "exitCode"},
    {"warnings", "warnings"},
    {"stdout", "stdout"},
    {"stderr", "stderr"},
};

/// What the seed's documentation calls the codes that shells agree on; empty for others.
std::string_view exit_code_words(std::int64_t code) {
    switch (code) {
        case 0: return "success";
        case 1: return "general error";
        case 2: return "misuse of command";
        case 126: return "permission denied";
        case 127: return "command not found";
        case 130: return "Ctrl+C";
        case 137: return "SIGKILL";
        case 143: return "SIGTERM";
        default: return {};
    }
}

std::string text_of(const Json& row, const char* column) {
    const auto cell = row.find(column);
    return cell != row.end() && cell->is_string() ? cell->get<std::string>() : std::string{};
}

std::optional<std::int64_t> number_of(const Json& row, const char* column) {
    const auto cell = row.find(column);
    if (cell == row.end() || !cell->is_number_integer()) return std::nullopt;
    return cell->get<std::int64_t>();
}

std::string summary_of(const Json& row) {
    const auto status = text_of(row, "status");
    std::string summary;
    if (status == "completed")
        summary = "succeeded";
    else if (status == "failed")
        summary = "failed";
    else if (status == "timeout")
        summary = "timed out";
    else
        return {};
    const auto from = number_of(row, "started_at_ms");
    const auto to = number_of(row, "completed_at_ms");
    if (from && to && *to >= *from) summary += " after " + format_duration(Millis{*to - *from});
    if (const auto reason = text_of(row, "reason"); !reason.empty()) summary += " (" + reason + ")";
    if (const auto code = number_of(row, "exit_code")) {
        summary += ", exit code " + std::to_string(*code);
        if (const auto words = exit_code_words(*code); !words.empty()) summary += ": " + std::string(words);
    }
    return summary;
}

}  // namespace

Json seed_job_view(const ports::Rows& rows) {
    const auto row = row_view(rows, 0);
    auto view = Json::object();
    for (const auto& [column, key] : kRenamed) {
        const auto cell = row.find(column);
        if (cell != row.end() && !cell->is_null()) view[key] = *cell;
    }
    // Beyond the seed's names: one runbookd needs it of another, to tell an expired job from a failed one.
    if (auto reason = text_of(row, "reason"); !reason.empty()) view["reason"] = std::move(reason);
    if (auto summary = summary_of(row); !summary.empty()) view["summary"] = std::move(summary);
    return view;
}

}  // namespace runbookd::http_api
