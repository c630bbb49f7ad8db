#pragma once
// A document as an editor sees it: YAML 1.2's core schema gives plain scalars a type, which our own readers
// leave to whoever needs one.
#include <nlohmann/json.hpp>
#include <regex>

#include "config/node.hpp"

namespace runbookd::config::testing {

inline nlohmann::json core_scalar(const Node& node) {
    static const std::regex kTrue("true|True|TRUE");
    static const std::regex kFalse("false|False|FALSE");
    static const std::regex kDecimal("[-+]?[0-9]+");
    static const std::regex kOctal("0o[0-7]+");
    static const std::regex kHex("0x[0-9a-fA-F]+");
    static const std::regex kFloat(R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)");
    const auto& text = node.text;
    // Long digits are no numbers to anybody.
    if (!node.plain || text.size() > 18) return text;
    if (std::regex_match(text, kTrue)) return true;
    if (std::regex_match(text, kFalse)) return false;
    if (std::regex_match(text, kDecimal)) return std::stoll(text);
    if (std::regex_match(text, kOctal)) return std::stoll(text.substr(2), nullptr, 8);
    if (std::regex_match(text, kHex)) return std::stoll(text.substr(2), nullptr, 16);
    if (std::regex_match(text, kFloat)) return std::stod(text);
    return text;
}

inline nlohmann::json core_json(const Node& node) {
    switch (node.kind) {
        case Node::Kind::null: return nullptr;
        case Node::Kind::scalar: return core_scalar(node);
        case Node::Kind::sequence: {
            auto list = nlohmann::json::array();
            for (const auto& item : node.items) list.push_back(core_json(*item));
            return list;
        }
        case Node::Kind::map: break;
    }
    auto object = nlohmann::json::object();
    for (const auto& entry : node.entries) object[entry.key] = core_json(*entry.value);
    return object;
}

}  // namespace runbookd::config::testing
