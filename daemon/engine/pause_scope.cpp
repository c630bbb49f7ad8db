#include "engine/pause_scope.hpp"

#include <array>
#include <utility>

namespace runbookd::engine {
namespace {

constexpr std::array kPrefixes{std::pair{PauseKind::customer, std::string_view("customer")},
                               std::pair{PauseKind::device, std::string_view("device")},
                               std::pair{PauseKind::component, std::string_view("component")}};

std::string_view prefix_of(PauseKind kind) {
    for (const auto& [known, prefix] : kPrefixes)
        if (known == kind) return prefix;
    return kind == PauseKind::runbook ? "runbook" : "";
}

}  // namespace

PauseScope::PauseScope(std::string_view text)
    : kind(text.empty() ? PauseKind::all : PauseKind::runbook), name(text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return;
    for (const auto& [known, prefix] : kPrefixes)
        if (text.substr(0, colon) == prefix) {
            kind = known;
            name = text.substr(colon + 1);
        }
}

std::string PauseScope::text() const {
    if (kind == PauseKind::all || kind == PauseKind::runbook) return name;
    return std::string(prefix_of(kind)) + ":" + name;
}

std::string PauseScope::words() const {
    if (kind == PauseKind::all) return "everything";
    return std::string(prefix_of(kind)) + " '" + name + "'";
}

std::string PauseScope::option() const {
    if (kind == PauseKind::all) return "--all";
    if (kind == PauseKind::runbook) return name;
    return "--" + std::string(prefix_of(kind)) + " '" + name + "'";
}

}  // namespace runbookd::engine
