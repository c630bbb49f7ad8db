#pragma once
// `not_during`: when nothing may be created, whoever asks. Pure.
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/boxed.hpp"
#include "base/time.hpp"
#include "cron/expression.hpp"
#include "cron/zone.hpp"

namespace runbookd::schedule {

/// `{from: 2026-12-20, to: 2027-01-03}`: whole days of the zone, both included.
struct Dates {
    std::chrono::local_days from{};
    std::chrono::local_days to{};
};
/// `{cron: "0 8 * * MON-FRI", for: 10h}`: so long after each instant.
struct Recurring {
    cron::Expression cron;
    Millis span{};
};

/// One item of `not_during:`.
struct Blackout {
    std::variant<Dates, Recurring> when;
    std::shared_ptr<const cron::Zone> zone;  ///< the schedule's, else the account's; never null
    std::string reason;                      ///< for people; may be empty
};

class Blackouts {
public:
    Blackouts() = default;
    explicit Blackouts(std::vector<Blackout> items);

    /// A stretch [begin of the question, end) through which creates are held without a break.
    struct Hold {
        UtcTime end{};       ///< the first instant at which none of the items holds, as far as is looked
        std::string reason;  ///< of the item that holds first
    };
    /// Whether creates are held at `at`, and until when. Looks no further than `horizon` (later ends are
    /// reported as `horizon`), and at most kMostLooks times at an item: `end` is then the last instant up to
    /// which it is known that creates are held. So whoever waits for `end` asks again when it has come.
    [[nodiscard]] std::optional<Hold> at(UtcTime at, UtcTime horizon) const;
    /// Whether there is no instant in [from, until) at which a create may go out; the reason if so. An empty
    /// stretch is not covered. Bounded as at(): what cannot be said within the bound is no.
    [[nodiscard]] std::optional<std::string> covers(UtcTime from, UtcTime until) const;
    [[nodiscard]] bool empty() const { return !known_; }
    [[nodiscard]] const std::vector<Blackout>& items() const;

    /// An item that recurs and lasts `for` is looked at about twice per `for` until the horizon, however
    /// dense its instants are; so this is enough for 31 days of one that lasts a minute.
    static constexpr int kMostLooks = 100'000;

private:
    /// What an item's dates are as instants, which is the same for every question.
    struct Stretch {
        UtcTime begin{};
        UtcTime end{};
    };
    struct Known {
        std::vector<Blackout> items;
        std::vector<Stretch> stretches;  ///< one per item; meaningless for those that recur
    };
    [[nodiscard]] std::optional<UtcTime> end_of(std::size_t item, UtcTime at) const;

    Boxed<Known> known_;  ///< most runbooks have none
};

/// Lists that hold together: what one of them holds is held. None of them is null.
using BlackoutLists = std::span<const Blackouts* const>;
/// As Blackouts::at, of all of them: the stretch ends where none holds.
[[nodiscard]] std::optional<Blackouts::Hold> hold_of(BlackoutLists lists, UtcTime at, UtcTime horizon);
/// As Blackouts::covers, of all of them together.
[[nodiscard]] std::optional<std::string> covered_by(BlackoutLists lists, UtcTime from, UtcTime until);

}  // namespace runbookd::schedule
