#pragma once
// What a pause holds back.
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace runbookd::engine {

enum class PauseKind : std::uint8_t {
    all,  ///< every runbook, and quick jobs
    runbook,
    customer,  ///< devices on its sites, whichever runbook it is, and quick jobs
    device,    ///< likewise
    component  ///< jobs of it, on every device
};

struct PauseScope {
    PauseKind kind = PauseKind::all;
    std::string name;  ///< of a runbook or a customer, the uid of a device or component; empty: of all

    PauseScope() = default;
    PauseScope(PauseKind scope_kind, std::string scope_name)
        : kind(scope_kind), name(std::move(scope_name)) {}
    /// As the record keeps it: "" is all, "sweep" a runbook, "customer:acme" a customer: no runbook's name
    /// has a colon.
    PauseScope(std::string_view text);
    PauseScope(const std::string& text) : PauseScope(std::string_view(text)) {}
    PauseScope(const char* text) : PauseScope(std::string_view(text)) {}

    /// The inverse.
    [[nodiscard]] std::string text() const;
    /// "runbook 'sweep'", "everything"
    [[nodiscard]] std::string words() const;
    /// As `runbookctl pause` and `resume` take it: "sweep", "--all", "--customer 'acme'"
    [[nodiscard]] std::string option() const;

    friend auto operator<=>(const PauseScope&, const PauseScope&) = default;
};

}  // namespace runbookd::engine
