#pragma once
// One job on one device, now, because a person or a script asks for it: checked against the fleet, then a run
// of its own under the reserved name `quickjob`, dispatched, followed and recorded like any other.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/ulid.hpp"
#include "engine/books.hpp"
#include "engine/fleet.hpp"
#include "engine/fleet_reader.hpp"
#include "engine/holds.hpp"
#include "engine/line.hpp"
#include "engine/pauses.hpp"

namespace runbookd::engine {

inline constexpr const char* kQuickJobRunbook = "quickjob";

struct QuickJobOrder {
    std::string device;     ///< uid, or a hostname that only one device has
    std::string component;  ///< uid, or exact name ignoring case
    std::map<std::string, std::string> variables;
    std::string actor;
    Trigger trigger = Trigger::quickjob;  ///< or api
    std::optional<RequestKey> key{};
};
struct QuickJobStarted {
    JobUid job;
    RunUid run;
    DeviceUid device;
    ComponentUid component;
    UtcTime created_at{};
};

class QuickJobs {
public:
    using Answer = std::function<void(Result<QuickJobStarted>)>;
    using OnStarted = std::function<void(Run& run, Instant now)>;
    QuickJobs(std::string account, Books& books, AlarmClock& clock, Outbox& outbox, Line& line, Fleet& fleet,
              FleetReader& reader, UlidSource& ulids, const Pauses& pauses, const Holds& holds,
              OnStarted on_started);

    /// Answers once the job's intent is durable, or with what stands against it: not_found (with the nearest
    /// names), conflict (the device cannot run components, a name fits several), invalid_variable (with the
    /// nearest names), missing_variable (only of what came over the job API: an input without value and
    /// default), device_offline (judged on a reading at most a minute old), refused_by_rule (a pause of all,
    /// of the device, its customer or the component; a blackout of the account or of the device's customer),
    /// rate_limited (no room in the API's budget within a minute), unavailable (no answer from the API within
    /// a minute; with the run's uid among the names where it is recorded and goes out when it can).
    void order(QuickJobOrder order, Answer answer, Instant now);
    [[nodiscard]] bool wants_to_read() const;
    void pump(Instant now);
    /// A job's intent is durable.
    void on_durable(const JobUid& job);

private:
    struct Pending {
        Pending(AlarmClock& clock, Alarm::Ring ring) : gives_up(clock, std::move(ring)) {}
        QuickJobOrder order;
        Answer answer;
        SteadyTime asked_at{};
        std::optional<RunUid> run;  ///< planned: waits for its intent
        bool is_reading = false;
        Alarm gives_up;
    };
    enum class Step { done, waits };

    [[nodiscard]] Step advance(std::uint64_t number, Pending& pending, Instant now);
    [[nodiscard]] static Result<void> check(const QuickJobOrder& order, const Component& component);
    void read_device(std::uint64_t number, Pending& pending, const DeviceUid& device, Instant now);
    void on_device(std::uint64_t number, const DeviceUid& device, SteadyTime sent_at,
                   const ApiResult& result);
    [[nodiscard]] bool may_be_new(const Pending& pending);
    void start(Pending& pending, const Device& device, const Component& component, Instant now);
    void give_up(std::uint64_t number, Instant now);
    /// Whether it is the API's limits that nothing can be asked of the account now.
    [[nodiscard]] bool is_limited() const;
    [[nodiscard]] std::string why_not_yet() const;

    std::string account_;
    Books& books_;
    AlarmClock& clock_;
    Outbox& outbox_;
    Line& line_;
    Fleet& fleet_;
    FleetReader& reader_;
    UlidSource& ulids_;
    const Pauses& pauses_;
    const Holds& holds_;
    OnStarted on_started_;
    std::map<std::uint64_t, Pending> pending_;
    std::uint64_t last_number_ = 0;
};

}  // namespace runbookd::engine
