#pragma once
// What keeps a run from creating at an instant inside its window: a pause, or a blackout of its runbook, its
// account or a customer.
#include <optional>
#include <string>

#include "engine/books.hpp"
#include "engine/clock_guard.hpp"
#include "engine/customers.hpp"
#include "engine/pauses.hpp"

namespace runbookd::engine {

struct Hold {
    std::string reason;              ///< paused, blackout: as a target that is skipped for it says
    std::string message;             ///< for a person
    std::optional<UtcTime> recheck;  ///< when it is worth asking again; unset: an event will tell
};

class Holds {
public:
    /// All of them outlive this.
    Holds(const ClockGuard& clock, const Pauses& pauses, const Customers& customers)
        : clock_(clock), pauses_(pauses), customers_(customers) {}

    /// No create at all may go out: nobody knows what time it is.
    [[nodiscard]] bool is_time_unknown() const { return clock_.is_doubted(); }
    /// What holds all of the run.
    [[nodiscard]] std::optional<Hold> at(const Run& run, UtcTime at) const;
    /// What holds this one of its devices beside that: a pause of it or of its customer, or a blackout of
    /// its customer.
    [[nodiscard]] std::optional<Hold> of_device(const Run& run, const DeviceUid& device, const SiteUid& site,
                                                const SharedText& site_name, UtcTime at) const;
    /// The blackouts of a device that has no run yet, the account's among them.
    [[nodiscard]] std::optional<Hold> of_device(const Device& device, UtcTime at, UtcTime horizon) const;
    /// The pause of such a device, or of what is to run on it; null: there is none.
    [[nodiscard]] const Pause* pause_of(const Device& device, const ComponentUid& component,
                                        UtcTime at) const;
    /// The name of its customer; empty: of none.
    [[nodiscard]] const SharedText& customer_of(const Device& device) const {
        return customers_.name_of(device);
    }

private:
    const ClockGuard& clock_;
    const Pauses& pauses_;
    const Customers& customers_;
};

}  // namespace runbookd::engine
