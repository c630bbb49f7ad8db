#pragma once
// Which nominal instants of one runbook have their verdict: all up to some instant, but for those that a
// clock set back has made future again. Pure.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/records.hpp"
#include "schedule/timeline.hpp"

namespace runbookd::engine {

class Past {
public:
    /// Instants in a row that were missed, without a run.
    struct Missed {
        UtcTime first{}, last{};
        std::int64_t revision = 1;
        std::string reason;
    };
    /// How many of those are remembered: older ones stay missed, whatever the clock does.
    static constexpr std::size_t kRemembered = 16;

    void restore(const RecoveredRunbook& stored);
    /// The instant has a verdict or a run; every earlier one has too.
    void decide(UtcTime nominal);
    /// So have these, and the verdict may be taken back. What continues the last ones is one with them, as in
    /// the store.
    void decide(const Missed& missed);
    [[nodiscard]] std::optional<schedule::Nominal> next_undecided(const schedule::Timeline& timeline,
                                                                  UtcTime after) const;

    struct Voided {
        UtcTime after{};            ///< `missed` rows that begin after it hold no more
        std::optional<Missed> cut;  ///< of a row that spans it: what stays missed, its end at most `after`
    };
    /// Takes back what was missed ahead of `now`; nullopt: nothing was.
    [[nodiscard]] std::optional<Voided> take_back(UtcTime now);

private:
    struct Range {
        UtcTime first{}, last{};
    };
    void reopen(Range range);

    UtcTime decided_until_ = UtcTime::min();
    UtcTime forgotten_until_ = UtcTime::min();  // the end of what is no longer in missed_
    std::vector<Missed> missed_;                // in order of time
    bool may_continue_ = false;                 // nothing has been decided since the last of missed_
    std::vector<Range> reopened_;  // not decided although before decided_until_; in order of time
};

}  // namespace runbookd::engine
