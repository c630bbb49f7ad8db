#pragma once
// Selectors made ready to be asked of a whole fleet: globs are taken apart once, and what a glob says of a
// text that many devices share is remembered. Made for one selection at one instant, and thrown away.
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/glob.hpp"
#include "base/ids.hpp"
#include "base/shared_text.hpp"
#include "base/time.hpp"
#include "runbook/selector.hpp"
#include "runbook/udfs.hpp"

namespace runbookd::runbook {

/// What a selector can ask of a device. Borrows, so that what is not asked is not even looked at.
struct DeviceFacts {
    const DeviceUid& uid;
    const SiteUid& site_uid;
    const SharedText& site_name;
    const std::string& hostname;
    const SharedText& os;
    const SharedText& device_type;
    const SharedText& device_class;
    const SharedText& domain;
    const SharedText& patch_status;
    const Udfs& udf;
    const bool& online;
    const std::optional<bool>& reboot_required;  ///< none: not known
    const std::optional<UtcTime>& last_seen;
    std::optional<UtcTime> first_seen;  ///< none: it was there before anybody looked
    SharedText customer{};              ///< the name; empty: of none
};

using DeviceSet = std::unordered_set<DeviceUid>;
/// The members of each filter that selectors name, by the filter as they write it. A name that is missing
/// here has no members.
using FilterMembers = std::map<std::string, const DeviceSet*>;

/// A TextMatch over texts of which many devices have the same.
class SharedTextTest {
public:
    explicit SharedTextTest(const TextMatch& match);
    [[nodiscard]] bool fits(const SharedText& text);
    /// The same, without remembering.
    [[nodiscard]] bool fits(std::string_view text) const;
    /// Whether any glob fits, whatever is negated.
    [[nodiscard]] bool any_fits(const SharedText& text);
    [[nodiscard]] bool is_negated() const { return negated_; }

private:
    struct Known {
        SharedText text;  // kept, so that its place is that of no other text
        bool fits = false;
    };
    [[nodiscard]] bool any_fits(std::string_view text) const;

    std::vector<Glob> globs_;
    bool negated_;
    std::array<Known, 64> known_;  // by the text's place
};

/// One selector.
class Matcher {
public:
    /// `filters` outlives the matcher.
    Matcher(const Selector& selector, const FilterMembers& filters, UtcTime now);
    [[nodiscard]] bool matches(const DeviceFacts& device);

private:
    struct Property {
        const SharedText& (*of)(const DeviceFacts&);
        SharedTextTest test;
    };
    struct Site {
        SharedTextTest name;
        std::vector<std::string> uids;
    };
    struct Uids {
        std::unordered_set<std::string> lowered;
        bool negated;
    };
    struct Members {
        std::vector<const DeviceSet*> sets;
        bool negated;
    };
    [[nodiscard]] bool fits_flags(const DeviceFacts& device) const;
    [[nodiscard]] bool fits_times(const DeviceFacts& device) const;
    [[nodiscard]] bool fits_site(const DeviceFacts& device);
    [[nodiscard]] bool fits_uid(const DeviceFacts& device);
    [[nodiscard]] bool fits_filter(const DeviceFacts& device) const;

    std::optional<FlagMatch> online_, reboot_required_;
    std::optional<TimeMatch> last_seen_, first_seen_;
    std::vector<Property> properties_;
    std::optional<Site> site_;
    std::optional<SharedTextTest> hostname_;
    std::vector<std::pair<int, SharedTextTest>> udf_;
    std::optional<Uids> uids_;
    std::optional<Members> members_;
    UtcTime now_;
    std::string lowered_uid_;
};

/// OR-ed selectors.
class MatcherList {
public:
    MatcherList(const std::vector<Selector>& selectors, const FilterMembers& filters, UtcTime now);
    /// The place of the first selector that matches.
    [[nodiscard]] std::optional<std::size_t> find(const DeviceFacts& device);

private:
    std::vector<Matcher> matchers_;
};

}  // namespace runbookd::runbook
