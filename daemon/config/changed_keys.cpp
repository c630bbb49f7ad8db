#include "config/changed_keys.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/document.hpp"
#include "config/inheritance.hpp"
#include "config/resolved.hpp"

namespace runbookd::config {
namespace {

using Json = nlohmann::json;
using Changes = std::vector<runbook::KeyChange>;

/// The tree as it was meant: what the text says over what it took from the settings.
Json meaning_of(const RevisionTexts& texts) {
    const auto resolved = ResolvedThen::read(texts.resolved);
    const auto document = parse_document(texts.yaml, "");
    if (!document.root) return Json::object();
    const auto tree = merged(resolved.inherited, document.root);
    auto meaning = Json::parse(to_json(*tree), nullptr, false);
    if (!meaning.is_object()) return Json::object();
    // What the text leaves to others, and means all the same: account, zone, policies.
    if (const auto others = Json::parse(texts.resolved, nullptr, false); others.is_object())
        for (const auto& [key, value] : others.items())
            if (value.is_string() && !meaning.contains(key)) meaning[key] = value;
    for (const auto& [name, digest] : resolved.digests) meaning["zones"][name] = digest;
    return meaning;
}

std::string text_of(const Json* value) { return value == nullptr ? std::string{} : value->dump(); }

const Json* at(const Json& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &*found;
}

void compare(const std::string& path, const Json* before, const Json* after, Changes& changes);

void compare_maps(const std::string& path, const Json& before, const Json& after, Changes& changes) {
    const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
    for (const auto& [key, value] : before.items()) compare(below(key), &value, at(after, key), changes);
    for (const auto& [key, value] : after.items())
        if (!before.contains(key)) compare(below(key), nullptr, &value, changes);
}

void compare(const std::string& path, const Json* before, const Json* after, Changes& changes) {
    const bool are_both = before != nullptr && after != nullptr;
    if (are_both && *before == *after) return;
    if (are_both && before->is_object() && after->is_object())
        return compare_maps(path, *before, *after, changes);
    if (are_both && before->is_array() && after->is_array() && before->size() == after->size()) {
        for (std::size_t i = 0; i < before->size(); ++i)
            compare(path + "[" + std::to_string(i) + "]", &(*before)[i], &(*after)[i], changes);
        return;
    }
    changes.push_back({path, text_of(before), text_of(after)});
}

}  // namespace

Changes changed_keys(const RevisionTexts& before, const RevisionTexts& after) {
    Changes changes;
    compare_maps("", meaning_of(before), meaning_of(after), changes);
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    return changes;
}

}  // namespace runbookd::config
