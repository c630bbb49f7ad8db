#pragma once
// Which devices a runbook asks for, as its text says it. Pure data; `runbook/matcher.hpp` asks the devices.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/boxed.hpp"
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

/// All set keys must match (AND). Small where few are set: every runbook in force keeps its own.
struct Selector {
    bool all = false;             ///< `{all: true}`
    Boxed<TextMatch> customer{};  ///< exact names
    Boxed<TextMatch> site{};      ///< the site's name (glob) or its uid
    Boxed<TextMatch> hostname{};
    Boxed<TextMatch> os{};
    Boxed<TextMatch> device{};       ///< uids
    Boxed<TextMatch> device_type{};  ///< deviceType.category
    Boxed<TextMatch> device_class{};
    Boxed<TextMatch> domain{};
    Boxed<TextMatch> patch_status{};
    Boxed<TextMatch> filter{};              ///< Datto's filters: exact names, or ids
    Boxed<std::map<int, TextMatch>> udf{};  ///< by number, from 1; not empty
    std::optional<FlagMatch> online{};
    std::optional<FlagMatch> reboot_required{};
    Boxed<TimeMatch> last_seen{};
    Boxed<TimeMatch> first_seen{};
};

struct Targets {
    std::vector<Selector> include;  ///< OR-ed; never empty
    std::vector<Selector> exclude;  ///< OR-ed

    /// The filters that any selector names, each once, as written.
    [[nodiscard]] std::vector<std::string> filters() const;
    /// Whether any selector asks whose a device is.
    [[nodiscard]] bool ask_customer() const;
};

/// The selector as one would write it on one line: `{hostname: [*-LAB-*, *SQL*], os: {not: *Server*}}`.
[[nodiscard]] std::string to_text(const Selector& selector);

}  // namespace runbookd::runbook
