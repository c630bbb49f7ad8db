#pragma once
// Which nominal instants of one runbook have their verdict: all up to some instant, but for those that a
// clock set back has made future again, and what a new schedule adds to them. Pure.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/boxed.hpp"
#include "engine/recovered.hpp"
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
    static constexpr std::size_t kRemembered = RecoveredRunbook::kMissedAtMost - 1;

    void restore(const RecoveredRunbook& stored);
    /// From `now` on another schedule is in force. Where the clock has been set back, of what lies ahead only
    /// the old one's instants are decided.
    void supersede(std::shared_ptr<const schedule::Timeline> old, UtcTime now);
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
    /// An earlier schedule, and where its instants have their verdict.
    struct Superseded {
        std::shared_ptr<const schedule::Timeline> timeline;
        std::vector<Range> decided;  // in order of time
        [[nodiscard]] bool has(UtcTime nominal) const;
    };
    /// What most runbooks never have.
    struct Exceptions {
        std::vector<Missed> missed;
        std::vector<Range> reopened;         // not decided although before decided_until_
        std::vector<Superseded> superseded;  // decided although in `reopened`
    };
    [[nodiscard]] const Exceptions& exceptions() const;
    [[nodiscard]] Exceptions& make_exceptions();
    void reopen(Range range);
    [[nodiscard]] std::vector<Range> decided_after(UtcTime now) const;
    [[nodiscard]] bool is_superseded(UtcTime nominal) const;
    [[nodiscard]] std::optional<schedule::Nominal> next_open(const schedule::Timeline& timeline,
                                                             UtcTime after) const;
    void reopen_between(const std::vector<RecoveredRunbook::Decided>& decided, UtcTime from);
    void forget_oldest();

    UtcTime decided_until_ = UtcTime::min();
    UtcTime forgotten_until_ = UtcTime::min();  // the end of what is no longer remembered
    Boxed<Exceptions> exceptions_;              // each of them in order of time
    bool may_continue_ = false;                 // nothing has been decided since the last that was missed
};

}  // namespace runbookd::engine
