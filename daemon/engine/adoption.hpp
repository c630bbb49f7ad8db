#pragma once
// Takes jobs into the books that Datto RMM has and the record had lost, for the store was put back to an
// earlier state. Each is real and was sent by us: it becomes a job of the run whose target waited for it, or
// of the run that was planned, or else of a run of its runbook that is made for it; then it is followed like
// any other. Nothing is created for what is found.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/ulid.hpp"
#include "engine/books.hpp"
#include "engine/customers.hpp"
#include "engine/fleet.hpp"
#include "engine/outbox.hpp"
#include "engine/planner.hpp"
#include "engine/restore_search.hpp"

namespace runbookd::engine {

class Adoption {
public:
    /// What it looks things up in; all of it outlives this.
    struct Knowledge {
        Planner& planner;
        const Fleet& fleet;
        const Customers& customers;
    };
    struct Handlers {
        std::function<void(Job& job, Instant now)> on_adopted;  ///< it is in the books, and queued
        std::function<void(const JobUid& job)> on_look;
    };
    Adoption(std::string account, Books& books, Outbox& outbox, UlidSource& ulids, Knowledge knowledge,
             Handlers handlers);

    /// All of them, in one batch. The instants that their runs served have their verdict then, late /
    /// store_restored, and so have those before. Of a job whose device the log does not name, only an event
    /// tells.
    void adopt(std::vector<FoundJob> jobs, Instant now);

private:
    /// Jobs of one run that is to be made.
    struct Group {
        std::string runbook;
        std::optional<Planner::Occurrence> occurrence;  ///< that it served, as far as that can be told
        const runbook::Lane* lane = nullptr;
        std::vector<FoundJob> jobs;   ///< oldest first
        std::set<DeviceUid> devices;  ///< theirs, each once
    };

    [[nodiscard]] bool give_to_open_run(const FoundJob& job, Instant now);
    [[nodiscard]] Run* planned_run_of(const FoundJob& job);
    void begin_planned(Run& run, std::vector<FoundJob> jobs, Instant now);
    /// The group that the job is of, without it.
    [[nodiscard]] Group place_of(const FoundJob& job) const;
    [[nodiscard]] std::vector<Group> group(std::vector<FoundJob> jobs) const;
    void begin_found(Group group, Instant now);
    void begin(Run& run, std::vector<FoundJob> jobs, Instant now);
    void attach(Run& run, Target& target, const FoundJob& found, Instant now);
    void note(const FoundJob& found, const Run* run, Instant now);
    [[nodiscard]] const runbook::Lane* lane_of(const Planner::InForce& runbook,
                                               const DeviceUid& device) const;
    /// The only one of that name; empty: there is none, or several are called so.
    [[nodiscard]] DeviceUid device_called(const std::string& hostname) const;
    [[nodiscard]] TargetRow row_of(const DeviceUid& device) const;

    std::string account_;
    Books& books_;
    Outbox& outbox_;
    UlidSource& ulids_;
    Knowledge known_;
    Handlers handlers_;
};

}  // namespace runbookd::engine
