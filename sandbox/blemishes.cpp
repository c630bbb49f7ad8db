#include "sandbox/blemishes.hpp"

#include <nlohmann/json.hpp>

#include "sandbox/uid.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('.') + 1); }

/// Without these an object cannot be told from others, or a job never ends: whoever wants that names them.
bool is_vital(std::string_view path) {
    const auto field = last_part(path);
    return field == "uid" || field == "id" || field.ends_with("Uid") || field.ends_with("PageUrl") ||
           field == "jobDeploymentStatus" || field == "access_token";
}

void blemish(const Blemishes& blemishes, const std::string& prefix, std::string_view uid, json& object) {
    for (auto& [key, value] : object.items()) {
        const auto path = prefix + '.' + key;
        if (value.is_null()) continue;
        const auto text = value.is_string() ? value.get<std::string>() : std::string{};
        if (blemishes.nulls.strike(path, uid, text)) {
            value = nullptr;
        } else if (value.is_string() && blemishes.words.strike(path, uid, text)) {
            value = "New" + text;
        } else if (value.is_object()) {
            blemish(blemishes, path, uid, value);
        }
    }
}

}  // namespace

double FieldShares::share_of(const std::string& path) const {
    if (const auto exact = shares_.find(path); exact != shares_.end()) return exact->second;
    if (is_vital(path)) return 0;
    const auto of_kind = shares_.find(path.substr(0, path.find('.')) + ".*");
    if (of_kind != shares_.end()) return of_kind->second;
    const auto any = shares_.find("*");
    return any == shares_.end() ? 0 : any->second;
}

bool FieldShares::strike(const std::string& path, std::string_view uid, const std::string& value) const {
    if (shares_.empty()) return false;
    const auto share = share_of(path);
    if (share <= 0) return false;
    return fraction(hash64(path + '\0' + std::string(uid) + '\0' + value)) < share;
}

const std::vector<std::string>& blemished_kinds() {
    static const std::vector<std::string> kinds = {
        "account", "site",     "device", "component",     "variable",         "filter",
        "alert",   "user",     "job",    "job_component", "result",           "component_result",
        "output",  "activity", "page",   "request_rate",  "account_variable", "token"};
    return kinds;
}

json blemished(const Blemishes& blemishes, std::string_view kind, std::string_view uid, json object) {
    if (blemishes.nulls.empty() && blemishes.words.empty()) return object;
    blemish(blemishes, std::string(kind), uid, object);
    return object;
}

}  // namespace runbookd::sandbox
