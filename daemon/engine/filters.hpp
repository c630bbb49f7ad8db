#pragma once
// What is known of the account's device filters: their names, and who fits those that runs ask for. Lists are
// read page by page: this says which page is next; who sends the call is not its business.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/api.hpp"
#include "engine/listing.hpp"
#include "runbook/matcher.hpp"

namespace runbookd::engine {

class Filters {
public:
    struct Members {
        SteadyTime read_at{};  ///< when their reading began
        runbook::DeviceSet devices;
        std::string problem;  ///< why they cannot be read at all; empty: they can
    };

    // ── reading ──
    /// Starts to read the names anew: the vendor's filters, then the account's.
    void begin_names(SteadyTime now);
    [[nodiscard]] bool is_reading_names() const { return defaults_.is_reading() || customs_.is_reading(); }
    [[nodiscard]] ApiCall next_names_page() const;
    void add(Page<Filter> page);
    void abandon_names();
    /// The list of names cannot be read at all.
    void refuse_names(std::string problem, SteadyTime sent_at);
    /// Starts to read one filter's members anew; another's under way is given up.
    void begin_members(FilterId filter, SteadyTime now);
    [[nodiscard]] std::optional<FilterId> reading_members() const;
    [[nodiscard]] ApiCall next_members_page() const;
    void add(Page<DeviceUid> page);
    void abandon_members() { members_.abandon(); }
    /// This filter's members cannot be read at all.
    void refuse_members(FilterId filter, std::string problem, SteadyTime sent_at);
    /// Members that were read before that are not needed any more.
    void forget_members(SteadyTime before);

    // ── knowing ──
    [[nodiscard]] std::optional<SteadyTime> names_read_at() const { return names_read_at_; }
    [[nodiscard]] const std::vector<Filter>& all() const { return known_; }
    /// By id, or by exact name: as written, else ignoring case. Errors: not_found (with the nearest names),
    /// conflict (several of that name: their ids), unavailable (the names cannot be read).
    [[nodiscard]] Result<FilterId> find(std::string_view name_or_id) const;
    /// nullptr: never read.
    [[nodiscard]] const Members* members(FilterId filter) const;

private:
    Listing<Filter> defaults_, customs_;
    std::optional<SteadyTime> names_read_at_;
    std::string names_problem_;
    std::vector<Filter> gathered_, known_;
    Listing<DeviceUid> members_;
    FilterId members_of_ = 0;
    std::map<FilterId, Members> known_members_;
};

}  // namespace runbookd::engine
