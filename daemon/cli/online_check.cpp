#include "cli/online_check.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "cli/words.hpp"
#include "config/place.hpp"

namespace runbookd::cli {

using Json = nlohmann::ordered_json;

std::vector<config::Diagnostic> OnlineCheck::judge(const runbook::Runbook& runbook) {
    if (problem_) return {};
    Json body;
    body["yaml"] = runbook.yaml;
    body["name"] = runbook.name;
    const auto answer =
        client_.post(Target("/v1/check"), body.dump(-1, ' ', false, Json::error_handler_t::replace));
    config::Diagnostic found;
    found.file = runbook.file;
    if (!answer && answer.error().code == ErrorCode::invalid_input) {
        found.code = "refused_by_daemon";
        found.message = answer.error().message;
        return {found};
    }
    const auto findings = answer ? Json::parse(*answer, nullptr, false) : Json();
    if (!findings.is_array()) {
        problem_ = answer ? Error{ErrorCode::internal, "the daemon's answer is not a list"} : answer.error();
        return {};
    }
    std::vector<config::Diagnostic> diagnostics;
    for (const auto& one : findings) {
        found.path = text_at(one, "path");
        found.severity =
            text_at(one, "severity") == "error" ? config::Severity::error : config::Severity::warning;
        found.code = text_at(one, "code");
        found.message = text_at(one, "message");
        found.suggestion = text_at(one, "suggestion");
        const auto place = config::place_of(runbook.yaml, found.path);
        found.line = place.line;
        found.column = place.column;
        diagnostics.push_back(found);
    }
    return diagnostics;
}

}  // namespace runbookd::cli
