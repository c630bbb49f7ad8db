#pragma once
// The account behind the API: its devices and the life of its jobs. Pure: time is an argument, scripts are
// run by whoever asks for them, and nothing here knows of HTTP.
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.hpp"
#include "sandbox/activity_log.hpp"
#include "sandbox/alert_book.hpp"
#include "sandbox/device_states.hpp"
#include "sandbox/fleet.hpp"
#include "sandbox/job.hpp"
#include "sandbox/witness.hpp"

namespace runbookd::sandbox {

class World {
public:
    /// `witness` outlives the world. Patterns of the fleet count from `start`.
    World(Fleet fleet, Instant start, Witness& witness);
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    [[nodiscard]] const Fleet& fleet() const { return fleet_; }
    [[nodiscard]] Instant start() const { return start_; }

    [[nodiscard]] const DeviceStates& devices() const { return devices_; }
    [[nodiscard]] DeviceStates& devices() { return devices_; }
    [[nodiscard]] const AlertBook& alerts() const { return alerts_; }
    [[nodiscard]] AlertBook& alerts() { return alerts_; }
    [[nodiscard]] const Device* find_device(std::string_view uid, SteadyTime now) const;
    [[nodiscard]] const Site* find_site(std::string_view uid) const;
    [[nodiscard]] const Component* find_component(std::string_view uid) const;

    /// Accepts a quick job; the caller has checked that the account takes it. What becomes of one that
    /// something speaks against is the fleet's word (see fate_of). References must be from the finders above.
    const Job& create_job(const Device& device, const Component& component, std::string name,
                          Variables variables, Instant now);
    /// None also for a job that is past its retention.
    [[nodiscard]] const Job* find_job(std::string_view uid, SteadyTime now) const;
    [[nodiscard]] const Job& job(JobIndex index) const { return jobs_[index]; }
    [[nodiscard]] std::size_t job_count() const { return jobs_.size(); }
    [[nodiscard]] const Device& device_of(const Job& job) const { return fleet_.devices[job.device]; }
    [[nodiscard]] const Component& component_of(const Job& job) const {
        return fleet_.components[job.component];
    }
    /// What the job printed; empty until it has ended.
    [[nodiscard]] std::string stdout_of(const Job& job) const;
    [[nodiscard]] std::string stderr_of(const Job& job) const;

    /// Lets everything happen that is due at `now`, each thing at its own instant.
    void advance(Instant now);
    /// When advance() has something to do next.
    [[nodiscard]] std::optional<SteadyTime> next_due() const;

    /// A job whose script should run now, in the order of pickup; it is running from here on.
    [[nodiscard]] std::optional<JobIndex> take_script(Instant now);
    /// Environment of the job's script: HOSTNAME, then the component's defaults overlaid by what was sent.
    [[nodiscard]] Variables environment_of(const Job& job) const;
    void script_ended(JobIndex index, ScriptResult result, Instant now);

    [[nodiscard]] const ActivityLog& activity() const { return activity_; }

private:
    enum class Event : unsigned char { pickup, expire, fail, end_of_simulation, time_out };
    struct Due {
        SteadyTime at;
        std::uint64_t order;  // of equals, the earlier made first
        JobIndex job;
        Event event;
        bool operator>(const Due& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };

    void schedule(SteadyTime at, JobIndex job, Event event);
    void happen(const Due& due, Instant at);
    void plan(JobIndex index, Instant now);
    void wait_for_agent(JobIndex index, SteadyTime earliest);
    void play(JobIndex index, const Simulation& simulation, SteadyTime from);
    void begin(JobIndex index, Instant at);
    void end(JobIndex index, JobStatus status, Instant at);
    void record(ActivityAction action, JobIndex index, Instant at);
    void restart_device(JobIndex index, SteadyTime at);

    Fleet fleet_;
    Instant start_;
    Witness& witness_;
    DeviceStates devices_;
    AlertBook alerts_;
    std::unordered_map<std::string_view, const Device*> devices_by_uid_;
    std::unordered_map<std::string_view, const Component*> components_by_uid_;
    std::deque<Job> jobs_;  // never moved: the index below refers to their uids
    std::unordered_map<std::string_view, JobIndex> jobs_by_uid_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::uint64_t made_ = 0;
    std::deque<JobIndex> scripts_waiting_;
    ActivityLog activity_;
};

}  // namespace runbookd::sandbox
