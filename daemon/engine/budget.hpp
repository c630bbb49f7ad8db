#pragma once
// How many calls may go out: sliding windows of 60 s for reads, creates and all writes, within a share of the
// account's limits. Pure accounting; who goes first is not decided here.
// Source: the API's rolling 60 s window, reads and writes apart, job creates limited once more by themselves.
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace runbookd::engine {

struct Limits {
    std::int64_t reads = 600;
    std::int64_t writes = 600;
    std::int64_t creates = 100;
    friend bool operator==(const Limits&, const Limits&) = default;
};

/// Calls of one kind. A call counts from its start until 60 s after its reply, so that wherever in between it
/// arrived, no 60-second window at the other side holds more than the allowance.
class CallWindow {
public:
    void begin() { ++in_flight_; }
    void end(SteadyTime now);
    /// Nothing left this machine: it does not count.
    void end_unsent() { --in_flight_; }
    /// Calls that we made before a restart: counted as made just now.
    void seed(std::int64_t count, SteadyTime now);
    /// So many calls of others were in the window just now: they count for 60 s. While what was seen before
    /// is still in it, the larger of the two counts.
    void see_others(std::int64_t count, SteadyTime now);
    /// Ours and those of others.
    [[nodiscard]] std::int64_t used(SteadyTime now) const { return ours(now) + others(now); }
    [[nodiscard]] std::int64_t ours(SteadyTime now) const;
    /// Calls that leave the window together: when, or, of those that are under way, not known.
    struct Leaving {
        std::optional<SteadyTime> at;
        std::int64_t count = 0;
    };
    /// All that are in the window, in the order in which they leave.
    [[nodiscard]] std::vector<Leaving> leaving(SteadyTime now) const;
    /// When the next finished call leaves the window; nullopt: none is in it.
    [[nodiscard]] std::optional<SteadyTime> next_leaves() const;

private:
    struct Mark {
        SteadyTime leaves{};
        std::int64_t count = 1;
    };
    [[nodiscard]] std::int64_t others(SteadyTime now) const;

    std::int64_t in_flight_ = 0;
    // What has left the window is dropped whenever somebody looks.
    mutable std::int64_t finished_ = 0;
    mutable std::deque<Mark> marks_;
    mutable std::deque<Mark> others_;  // each is all that was seen of others at one time
};

/// Calls in the 60 s window, of each kind.
struct Counts {
    std::int64_t reads = 0;
    std::int64_t writes = 0;  ///< creates too
    std::int64_t creates = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
};

class Budget {
public:
    enum class Kind {
        rate_check,
        read,
        write,   ///< any other than a create
        create,  ///< a write too
    };

    /// `share` of the limits may be used (0 < share ≤ 1).
    explicit Budget(double share) : share_(share) {}
    /// nullopt: no limit at all.
    void set_limits(std::optional<Limits> limits) { limits_ = limits; }
    [[nodiscard]] const std::optional<Limits>& limits() const { return limits_; }
    /// Creates that we made before a restart: counted as made just now.
    void seed_creates(std::int64_t creates, SteadyTime now);
    /// Our own calls that are in the windows.
    [[nodiscard]] Counts ours(SteadyTime now) const;
    /// The account's own counters, read when `ours` were in the windows: what they hold beyond those is of
    /// others. Returns that.
    Counts learn(const Counts& counted, const Counts& ours, SteadyTime now);

    [[nodiscard]] bool has_room(Kind kind, SteadyTime now) const;
    void begin(Kind kind);
    enum class Sent { yes, no };
    void end(Kind kind, Sent sent, SteadyTime now);
    /// When it is worth asking again for room of this kind; nullopt: only a reply can make room.
    [[nodiscard]] std::optional<SteadyTime> next_room(Kind kind, SteadyTime now) const;

    struct Use {
        std::int64_t used = 0;
        std::int64_t allowed = 0;  ///< 0: no limit
    };
    [[nodiscard]] Use reads(SteadyTime now) const;
    [[nodiscard]] Use writes(SteadyTime now) const;
    [[nodiscard]] Use creates(SteadyTime now) const;
    [[nodiscard]] std::vector<CallWindow::Leaving> creates_leaving(SteadyTime now) const {
        return creates_.leaving(now);
    }
    [[nodiscard]] std::int64_t allowed_creates() const;

private:
    [[nodiscard]] std::int64_t allowed(std::int64_t limit) const;

    double share_;
    std::optional<Limits> limits_ = Limits{};
    CallWindow reads_, writes_, creates_;
};

}  // namespace runbookd::engine
