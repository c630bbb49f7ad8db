#pragma once
// abort_when: counts failures as targets are decided, and leaves alone what remains once there are too many.
// What Datto has is followed to its end.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/books.hpp"
#include "engine/outbox.hpp"
#include "engine/recovered.hpp"

namespace runbookd::engine {

class Breaker {
public:
    /// Both outlive this.
    Breaker(Books& books, Outbox& outbox) : books_(books), outbox_(outbox) {}

    /// The runs of groups that had finished before a restart.
    void restore(const std::vector<GroupTally>& groups);
    /// A target of the run was decided, or the run has started. A run that has finished is told once more.
    void judge(Run& run, Instant now);

private:
    struct Tally {
        std::int64_t failed = 0;   ///< failed, timeout and unknown
        std::int64_t decided = 0;  ///< all that are not pending
        Tally& operator+=(const Tally& other);
    };

    [[nodiscard]] static Tally tally_of(const Run& run);
    [[nodiscard]] static bool is_reached(const runbook::AbortWhen& when, const Tally& tally);
    void judge_sites(Run& run, const runbook::AbortWhen& when, Instant now);
    void judge_group(const Run& run, const runbook::AbortWhen& when, Instant now);
    void halt(Run& run, const SiteUid* site, const std::string& scope, const Tally& tally, Instant now);

    Books& books_;
    Outbox& outbox_;
    std::map<std::string, Tally> ended_;  // of the finished runs of each group
};

}  // namespace runbookd::engine
