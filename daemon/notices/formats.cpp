#include "notices/formats.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "notices/conditions.hpp"

namespace runbookd::notices {

using nlohmann::json;

namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// What a person looks for next, after the sentence.
Facts facts_of(const json& payload) {
    Facts facts;
    const auto add = [&](const char* title, const json& row, const char* column) {
        if (auto text = text_of(row, column); !text.empty()) facts.emplace_back(title, std::move(text));
    };
    const auto part = [&](const char* key) -> json {
        const auto found = payload.find(key);
        return found != payload.end() && found->is_object() ? *found : json::object();
    };
    add("Runbook", payload, "runbook");
    const auto run = part("run");
    add("Run", run, "run_uid");
    add("Approval", run, "approval_uid");
    add("Status", run, "status");
    const auto target = part("target");
    add("Device", target, "hostname");
    add("Customer", target, "customer");
    add("Site", target, "site_name");
    add("Job", target, "job_uid");
    add("Customer", part("customer"), "customer");
    const auto occurrence = part("occurrence");
    add("Due", occurrence, "nominal_at");
    add("Reason", occurrence, "reason");
    add("At", payload, "at");
    return facts;
}

/// Source: Slack's page "Formatting text for app surfaces": these three are control characters.
std::string slack_escaped(const std::string& text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '&')
            escaped += "&amp;";
        else if (c == '<')
            escaped += "&lt;";
        else if (c == '>')
            escaped += "&gt;";
        else
            escaped += c;
    }
    return escaped;
}

json slack_message(const json& payload) {
    auto text = "*" + slack_escaped(text_of(payload, "text")) + "*";
    for (const auto& [title, value] : facts_of(payload)) text += "\n" + title + ": " + slack_escaped(value);
    return {{"text", std::move(text)}};
}

/// Source: Microsoft's page on posting to workflows of Teams: a message whose attachment is an adaptive card.
json teams_message(const json& payload) {
    auto facts = json::array();
    for (const auto& [title, value] : facts_of(payload)) {
        const json fact{{"title", title}, {"value", value}};
        facts.push_back(fact);
    }
    const json sentence{
        {"type", "TextBlock"}, {"text", text_of(payload, "text")}, {"weight", "Bolder"}, {"wrap", true}};
    const json fact_set{{"type", "FactSet"}, {"facts", facts}};
    const json card{{"type", "AdaptiveCard"},
                    {"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                    {"version", "1.4"},
                    {"body", json::array({sentence, fact_set})}};
    const json attachment{{"contentType", "application/vnd.microsoft.card.adaptive"},
                          {"contentUrl", nullptr},
                          {"content", card}};
    return {{"type", "message"}, {"attachments", json::array({attachment})}};
}

}  // namespace

std::string body_of(const std::string& payload, Format format) {
    if (format == Format::json) return payload;
    const auto read = json::parse(payload, nullptr, false);
    if (!read.is_object()) return payload;
    const auto message = format == Format::slack ? slack_message(read) : teams_message(read);
    return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace runbookd::notices
