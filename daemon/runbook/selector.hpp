#pragma once
// Which devices a runbook asks for, as its text says it. Pure data; `runbook/matcher.hpp` asks the devices.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace runbookd::runbook {

/// Texts of which one must fit, or, negated, none. Whole-string globs, ignoring case, but for uids and
/// filters, which are compared whole.
struct TextMatch {
    std::vector<std::string> any_of;
    bool negated = false;
    friend bool operator==(const TextMatch&, const TextMatch&) = default;
};

/// `true`, `false`, or {not: …}, which takes in what is not known.
struct FlagMatch {
    bool wanted = true;
    bool negated = false;
    friend bool operator==(const FlagMatch&, const FlagMatch&) = default;
};

/// {within: 30d}: not longer ago than that; negated, longer ago or never.
struct TimeMatch {
    Millis within{};
    bool negated = false;
    friend bool operator==(const TimeMatch&, const TimeMatch&) = default;
};

/// All set keys must match (AND).
struct Selector {
    bool all = false;                 ///< `{all: true}`
    std::optional<TextMatch> site{};  ///< the site's name (glob) or its uid
    std::optional<TextMatch> hostname{};
    std::optional<TextMatch> os{};
    std::optional<TextMatch> device{};       ///< uids
    std::optional<TextMatch> device_type{};  ///< deviceType.category
    std::optional<TextMatch> device_class{};
    std::optional<TextMatch> domain{};
    std::optional<TextMatch> patch_status{};
    std::optional<TextMatch> filter{};  ///< Datto's filters: exact names, or ids
    std::map<int, TextMatch> udf{};     ///< by number, from 1
    std::optional<FlagMatch> online{};
    std::optional<FlagMatch> reboot_required{};
    std::optional<TimeMatch> last_seen{};
    std::optional<TimeMatch> first_seen{};
};

struct Targets {
    std::vector<Selector> include;  ///< OR-ed; never empty
    std::vector<Selector> exclude;  ///< OR-ed

    /// The filters that any selector names, each once, as written.
    [[nodiscard]] std::vector<std::string> filters() const;
};

/// The selector as one would write it on one line: `{hostname: [*-LAB-*, *SQL*], os: {not: *Server*}}`.
[[nodiscard]] std::string to_text(const Selector& selector);

}  // namespace runbookd::runbook
