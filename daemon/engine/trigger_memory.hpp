#pragma once
// What triggers have started, as far as it bears on what they may start again. All of it is in the record
// too: a start finds it there.
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "engine/records.hpp"
#include "engine/recovered.hpp"

namespace runbookd::engine {

class TriggerMemory {
public:
    /// How long a start finds what was acted on, in the record; of alerts longer, for their cooldowns.
    static constexpr Millis kRemembered{std::chrono::hours{31 * 24}};
    static constexpr Millis kAlertsRemembered{std::chrono::hours{91 * 24}};

    void restore(const RecoveredState& state);
    /// A run that a trigger started.
    void add(const RunPlanned& plan);
    void forget_old(UtcTime now);

    // ── alerts ──
    [[nodiscard]] bool has_acted_on(const std::string& runbook, const AlertUid& alert) const {
        return alerts_.contains({runbook, alert});
    }
    /// When an alert last started the runbook on the device, and max_per_hour let it.
    [[nodiscard]] std::optional<UtcTime> last_by_alert(const std::string& runbook,
                                                       const DeviceUid& device) const;
    /// The job of that alert's run succeeded.
    void note_success(const std::string& runbook, const AlertUid& alert);
    /// Whether the alert is to be closed: a runbook says so, and its job has succeeded.
    [[nodiscard]] bool is_to_be_resolved(const AlertUid& alert) const;

    // ── new devices ──
    [[nodiscard]] bool has_acted_on(const std::string& runbook, const DeviceUid& discovered) const {
        return discovered_.contains({runbook, discovered});
    }

    // ── storms ──
    /// Devices that triggers have started the runbook on within the hour before `now`.
    [[nodiscard]] std::int64_t starts_in_hour(const std::string& runbook, UtcTime now) const;
    /// Whether its last start was cut short by max_per_hour.
    [[nodiscard]] bool is_storm(const std::string& runbook) const { return storms_.contains(runbook); }

private:
    struct Act {
        UtcTime at{};
        bool resolve = false;
        bool has_succeeded = false;
    };
    struct Start {
        UtcTime at{};
        std::int64_t devices = 0;
    };
    void add(const std::string& runbook, Trigger trigger, const RunScope& scope, UtcTime at);

    std::map<std::pair<std::string, AlertUid>, Act> alerts_;
    std::map<std::pair<std::string, DeviceUid>, UtcTime> by_alert_;
    std::map<std::pair<std::string, DeviceUid>, UtcTime> discovered_;
    std::map<std::string, std::deque<Start>> starts_;
    std::set<std::string> storms_;
};

}  // namespace runbookd::engine
