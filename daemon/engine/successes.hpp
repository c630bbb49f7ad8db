#pragma once
// Which devices have succeeded in which runbook, and when last: for the runbooks whose `once` asks. The
// record knows it; it is read when a runbook first needs it, and kept up with what is decided from then on.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "engine/outbox.hpp"
#include "engine/recovered.hpp"
#include "engine/states.hpp"

namespace runbookd::engine {

class Successes {
public:
    /// `outbox` outlives this.
    explicit Successes(Outbox& outbox) : outbox_(outbox) {}

    /// Whether the runbook's are known; if not, the record is asked, once.
    [[nodiscard]] bool know(const std::string& runbook);
    /// The record's answer. What it answers to something that is no longer asked is passed over.
    void take_in(RecallId id, const std::string& runbook, const std::vector<LastSuccess>& successes);
    /// A target has its last word. A warning is a success here, as it is to a run and to coverage: who holds
    /// it for none writes `success: {warnings: fail}`.
    void on_decided(const std::string& runbook, const DeviceUid& device, Disposition disposition, UtcTime at);
    /// Something was said of an earlier target, at which instant the record knows: it is asked again.
    void forget(const std::string& runbook) { runbooks_.erase(runbook); }

    /// When the device last succeeded, as far as is known; nullopt: never.
    [[nodiscard]] std::optional<UtcTime> last(const std::string& runbook, const DeviceUid& device) const;

private:
    struct Known {
        std::optional<RecallId> asked;  // unset: it has been answered
        std::unordered_map<DeviceUid, UtcTime> last;
    };

    Outbox& outbox_;
    std::map<std::string, Known> runbooks_;
    RecallId last_id_ = 0;
};

}  // namespace runbookd::engine
