#pragma once
// A walk over the instants that have passed, in their order: each is served, or gets its verdict. Neighbours
// with the same verdict are one record. Private to the planner.
#include <cstdint>
#include <optional>
#include <string>

#include "engine/planner.hpp"

namespace runbookd::engine {

class Planner::Walk {
public:
    Walk(Planner& planner, const Part& part, Cause cause, Instant now)
        : planner_(planner),
          part_(part),
          runbook_(part.runbook),
          past_(part.track.past),
          cause_(cause),
          now_(now) {}

    /// Every undecided instant after `after`, up to now.
    void over(UtcTime after);
    /// Every undecided instant up to `last` gets its verdict; none is served.
    void through(UtcTime last);
    /// The same of those before `found`, which is decided with them.
    void up_to(UtcTime found);

private:
    [[nodiscard]] std::optional<schedule::Nominal> next(UtcTime after) const;
    [[nodiscard]] std::optional<std::string> suppressed_by(const schedule::Nominal& nominal) const;
    /// Of the instants that can still be served, the one that is, where not all are.
    [[nodiscard]] std::optional<UtcTime> chosen(UtcTime after) const;
    void decide(const schedule::Nominal& nominal, std::optional<UtcTime> chosen);
    void serve(const schedule::Nominal& nominal);
    void skip(UtcTime nominal, const std::string& reason) { tally(nominal, Verdict::skipped, reason); }
    void tally(UtcTime nominal, Verdict verdict, const std::string& reason);
    void write();

    Planner& planner_;
    Part part_;
    InForce& runbook_;
    Past& past_;
    Cause cause_;
    Instant now_;
    // The neighbours that are not written yet.
    UtcTime first_{}, last_{};
    std::int64_t count_ = 0;
    Verdict verdict_ = Verdict::missed;
    std::string reason_;
};

}  // namespace runbookd::engine
