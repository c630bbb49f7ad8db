#include "audit/claims.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "audit/left_out.hpp"
#include "base/time.hpp"

namespace runbookd::audit {
namespace {

using nlohmann::json;

std::string text_of(const json& value) {
    if (value.is_null()) return {};
    return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

void Claims::hear(const SaidEvent& event) {
    const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                   [&](const KindRule& one) { return one.kind == event.kind; });
    if (rule == rules_.end()) return;
    auto data = json::parse(event.data, nullptr, false);
    if (data.is_object()) put_back_left_out(data, event.kind, event.at);
    const auto field = [&](std::string_view name) {
        const auto found = data.is_object() ? data.find(name) : data.end();
        return found == data.end() ? std::string() : text_of(*found);
    };
    for (const auto column : rule->says) claims_[column] = {field(column), event.seq};
    for (const auto column : rule->may_say) {
        auto said = field(column);
        // A text that came anew says also whether it was cut.
        const bool is_with_its_text =
            column.ends_with("_truncated") &&
            !field(std::string(column.substr(0, column.find('_'))) + "_sha256").empty();
        if (!said.empty() || is_with_its_text) claims_[column] = {std::move(said), event.seq};
    }
    for (const auto column : rule->happened)
        claims_[column] = {format_utc(from_unix_ms(event.at)), event.seq};
    if (rule->names_actor) claims_["actor"] = {std::string(event.actor), event.seq};
}

std::string_view Claims::value_of(std::string_view column) const {
    const auto found = claims_.find(column);
    return found == claims_.end() ? std::string_view() : std::string_view(found->second.value);
}

std::int64_t Claims::seq_of(std::string_view column) const {
    const auto found = claims_.find(column);
    return found == claims_.end() ? 0 : found->second.seq;
}

}  // namespace runbookd::audit
