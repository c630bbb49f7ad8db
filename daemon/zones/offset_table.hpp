#pragma once
// The offsets of one zone as a table that answers for any instant in a few nanoseconds: stretches of equal
// offset in one array, found through an index of equal spans of time. Constant once made, so that threads
// may share it.
#include <cstdint>
#include <vector>

#include "cron/zone.hpp"
#include "zones/tzif.hpp"

namespace runbookd::zones {

/// Neighbours of equal offset (where only the name or the daylight flag changed) are one stretch. A rule that
/// goes on for ever is worked out for 400 years, after which the calendar repeats, weekdays included; later
/// instants, up to the year 32767, are answered from that cycle.
class OffsetTable {
public:
    explicit OffsetTable(const TzifRules& rules);

    [[nodiscard]] cron::ZoneInterval at(UtcTime at) const {
        const auto ms = to_unix_ms(at);
        return ms >= known_from_ && ms < known_until_ ? within(ms) : beyond(ms);
    }

private:
    [[nodiscard]] cron::ZoneInterval within(std::int64_t ms) const;
    [[nodiscard]] cron::ZoneInterval beyond(std::int64_t ms) const;
    void append(std::int64_t begin, std::chrono::seconds offset);
    void append_cycle(const TzRule& rule, std::optional<std::int64_t> last_listed);
    void make_index();

    std::vector<std::int64_t> begins_;           ///< ms, ascending; one more than offsets: the table's end
    std::vector<std::chrono::seconds> offsets_;  ///< offsets_[i] holds in [begins_[i], begins_[i + 1])
    std::int64_t known_from_;                    ///< the table answers from here to known_until_
    std::int64_t known_until_;
    std::optional<std::int64_t> cycle_begin_;  ///< the 400 years from here on repeat for ever

    // places_[(ms - index_begin_) >> index_shift_] is the stretch that holds where that span begins.
    std::vector<std::uint16_t> places_;
    std::int64_t index_begin_ = 0;
    unsigned index_shift_ = 0;
};

}  // namespace runbookd::zones
