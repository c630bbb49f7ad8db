#pragma once
// How long the jobs of a component take, as far as has been seen, and when it is worth looking at one again:
// when its end is likely. Reads are what the account has least of. Pure; ages are milliseconds since a job
// was picked up. Sources: the hazard is ends over the time at risk, so that jobs that still run count too
// (the idea of E. Kaplan and P. Meier, J. Am. Stat. Assoc. 53, 1958); looks whose density goes with the root
// of the hazard find the end soonest for their number (J. B. Keller, Management Science 21, 1974).
#include <array>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace runbookd::engine {

/// One component's. Knows at first only that a job of any age is the likelier to end soon the younger it is.
class DurationCurve {
public:
    /// A job that had not ended at the one age had not at the other either.
    void saw_running(Millis from, Millis until);
    /// It ended between the two. What was seen long ago counts less and less.
    void saw_end(Millis from, Millis until);

    /// How many ends it knows of, older ones counting for less.
    [[nodiscard]] double ended() const;

    /// Of a job that has not ended at `age`: how long to wait before it is looked at, if looks are to be so
    /// placed that a job takes `looks` of them (at least 0.55) on average, and little time passes unseen. The
    /// time counts by the root of the job's own: half a minute is much after one minute, and little after an
    /// hour.
    [[nodiscard]] Millis pause(Millis age, double looks) const;

private:
    /// The first is below one second, the others are quarters of a doubling: up to 36 hours.
    static constexpr std::size_t kBuckets = 69;
    using Row = std::array<double, kBuckets>;

    /// In seconds.
    struct Bucket {
        double begin = 0, end = 0, width = 0, middle = 0;
    };
    /// Worked out once: a job is looked at more often than an exponent should be taken.
    [[nodiscard]] static const std::array<Bucket, kBuckets>& buckets();
    [[nodiscard]] static std::size_t bucket_of(double seconds);
    [[nodiscard]] const Row& density() const;
    [[nodiscard]] double smooth_hazard(std::size_t bucket) const;

    Row ends_{};      // jobs
    Row exposure_{};  // seconds in which a job was running and might have ended
    // Of one look for each job; computed when first asked for after something was seen.
    mutable Row density_{};
    mutable bool is_computed_ = false;
};

/// How long jobs took that ended before this start, oldest first.
struct SeenDuration {
    ComponentUid component;
    Millis took{};
};

class Durations {
public:
    void restore(const std::vector<SeenDuration>& seen);
    /// Where a component has not been seen yet, its curve begins now.
    [[nodiscard]] DurationCurve& of(const ComponentUid& component) { return curves_[component]; }

private:
    std::unordered_map<ComponentUid, DurationCurve> curves_;
};

}  // namespace runbookd::engine
