#pragma once
// The record, as a simulation knows it: what is written there lasts, and a start finds it again.
#include <cstdint>
#include <string>
#include <vector>

#include "engine/records.hpp"
#include "engine/recovered.hpp"

namespace runbookd::fakes {

class RecordKeeper {
public:
    virtual ~RecordKeeper() = default;
    /// When it returns, the batch is durable. Throws where the batch contradicts what is stored.
    virtual void apply(const engine::Batch& batch) = 0;
    /// The process dies while the batch is being written: it is there afterwards whole, or not at all.
    /// `random` says when.
    virtual void die_writing(const engine::Batch& /*batch*/, std::uint64_t /*random*/) {}
    /// The process has died; the next one begins.
    virtual void restart() {}
    /// What a start at `now` finds.
    [[nodiscard]] virtual engine::RecoveredState recover(UtcTime now) const = 0;
    /// When each device last succeeded in the runbook.
    [[nodiscard]] virtual std::vector<engine::LastSuccess> successes(const std::string& runbook) const = 0;
    /// What the guards of these runbooks compare with.
    [[nodiscard]] virtual std::vector<engine::LastTargets> last_targets(
        const std::vector<std::string>& /*runbooks*/) const {
        return {};
    }
};

}  // namespace runbookd::fakes
