#include "runbook/selector.hpp"

#include <algorithm>
#include <set>

namespace runbookd::runbook {
namespace {

std::string negated(const std::string& text, bool is_negated) {
    return is_negated ? "{not: " + text + "}" : text;
}

std::string to_text(const TextMatch& match) {
    if (match.any_of.size() == 1) return negated(match.any_of.front(), match.negated);
    std::string list;
    for (const auto& text : match.any_of) list += (list.empty() ? "" : ", ") + text;
    return negated("[" + list + "]", match.negated);
}
std::string to_text(const FlagMatch& match) {
    return negated(match.wanted ? "true" : "false", match.negated);
}
std::string to_text(const TimeMatch& match) {
    return negated("{within: " + format_duration(match.within) + "}", match.negated);
}

/// Keys and values, gathered into one flow map.
class FlowMap {
public:
    template <class Match>
    void add_if(const char* key, const Match& match) {
        if (match) add(key, to_text(*match));
    }
    void add(const std::string& key, const std::string& value) {
        text_ += (text_.empty() ? "" : ", ") + key + ": " + value;
    }
    [[nodiscard]] std::string text() const { return "{" + text_ + "}"; }

private:
    std::string text_;
};

}  // namespace

std::vector<std::string> Targets::filters() const {
    std::set<std::string> names;
    for (const auto* selectors : {&include, &exclude})
        for (const auto& selector : *selectors)
            if (selector.filter) names.insert(selector.filter->any_of.begin(), selector.filter->any_of.end());
    return {names.begin(), names.end()};
}

bool Targets::ask_customer() const {
    const auto asks = [](const Selector& selector) { return static_cast<bool>(selector.customer); };
    return std::any_of(include.begin(), include.end(), asks) ||
           std::any_of(exclude.begin(), exclude.end(), asks);
}

std::string to_text(const Selector& selector) {
    FlowMap map;
    if (selector.all) map.add("all", "true");
    map.add_if("customer", selector.customer);
    map.add_if("site", selector.site);
    map.add_if("hostname", selector.hostname);
    map.add_if("os", selector.os);
    map.add_if("device", selector.device);
    map.add_if("device_type", selector.device_type);
    map.add_if("class", selector.device_class);
    map.add_if("domain", selector.domain);
    if (selector.udf) {
        FlowMap udf;
        for (const auto& [number, match] : *selector.udf) udf.add(std::to_string(number), to_text(match));
        map.add("udf", udf.text());
    }
    map.add_if("online", selector.online);
    map.add_if("filter", selector.filter);
    map.add_if("last_seen", selector.last_seen);
    map.add_if("first_seen", selector.first_seen);
    map.add_if("reboot_required", selector.reboot_required);
    map.add_if("patch_status", selector.patch_status);
    return map.text();
}

}  // namespace runbookd::runbook
