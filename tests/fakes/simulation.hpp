#pragma once
// The real engine and wheel on virtual time, between a simulated Datto RMM and a simulated store, with
// crashes. The same seed gives the same run, step by step.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "fakes/door.hpp"
#include "fakes/record_keeper.hpp"
#include "fakes/simulated_rmm.hpp"
#include "fakes/simulated_store.hpp"

namespace runbookd::fakes {

struct SimulationPlan {
    std::uint64_t seed = 1;
    std::size_t devices = 5;
    std::size_t sites = 1;
    FaultRates faults;
    std::vector<runbook::Runbook> runbooks;
    engine::Customers::Rules customers;
    engine::EngineSettings settings;
    std::unique_ptr<Upstream> upstream;               ///< unset: a SimulatedRmm of what is above
    std::unique_ptr<RecordKeeper> keeper;             ///< unset: a SimulatedStore
    std::unique_ptr<Door> door;                       ///< unset: one that lets everything pass
    UtcTime start = from_unix_ms(1'772'323'230'000);  ///< 2026-03-01T00:00:30Z
    int slow_commits = 0;  ///< chance out of 1,000 that the disk stands still for a while
    /// After which steps (counted over the whole simulation) the process is killed; it is started again a
    /// second later.
    std::function<bool(std::uint64_t step)> crash_after = [](std::uint64_t) { return false; };
    /// No crash happens later than this after the start, so that everything can come to its end.
    Millis crashes_until{std::chrono::minutes{10}};
};

class Simulation {
public:
    explicit Simulation(SimulationPlan plan);
    ~Simulation();

    /// Runs for so long; returns early when nothing will ever happen again.
    void run_for(Millis span);
    /// Hands something to the engine as a person would.
    void tell(const std::function<void(engine::Engine&, Instant)>& what);
    /// Kills the process now; it is started again so much later.
    void crash(Millis down = std::chrono::seconds{1});
    /// What the (simulated) store holds now, as a backup would have it.
    void back_up() { backup_ = store(); }
    /// The process is killed, the backup (there must be one) takes the store's place, and it is started so
    /// much later: held, until accept_restore.
    void put_back(Millis down = std::chrono::seconds{1});
    /// As a person does.
    void accept_restore();
    /// The wall clock is set; the kernel calls it synchronised again after `until_synchronised`.
    void step_clock(Millis by, Millis until_synchronised = std::chrono::seconds{20});
    /// The process stands still: stopped, or its machine suspended.
    void stall(Millis span);
    /// As SIGHUP does, and every later start.
    void reload(std::vector<runbook::Runbook> runbooks);
    /// The same, with other customers.
    void reload(std::vector<runbook::Runbook> runbooks, engine::Customers::Rules customers);
    /// Keeps the engine from starting more, so that what is open comes to its end.
    void drop_schedules();

    [[nodiscard]] std::uint64_t steps() const { return step_; }
    [[nodiscard]] std::uint64_t crashes() const { return crashes_; }
    [[nodiscard]] Instant now() const { return now_; }
    [[nodiscard]] Upstream& upstream() { return *upstream_; }
    /// The same, where the plan left it to be simulated.
    [[nodiscard]] SimulatedRmm& rmm() { return dynamic_cast<SimulatedRmm&>(*upstream_); }
    [[nodiscard]] RecordKeeper& keeper() { return *keeper_; }
    /// The same, where the plan left it to be simulated.
    [[nodiscard]] const SimulatedStore& store() const {
        return dynamic_cast<const SimulatedStore&>(*keeper_);
    }
    [[nodiscard]] engine::Engine& engine() { return *engine_; }
    /// When each create was sent, by job name: for the promise that none goes out after its window.
    [[nodiscard]] const std::map<std::string, UtcTime>& sent() const { return sent_; }

private:
    struct Event {
        enum class What { commit, arrival, reply, recall } what = What::commit;
        std::uint64_t process = 0;  ///< which start of the process it belongs to
        engine::CommitId commit = 0;
        engine::Batch batch;
        engine::CallId call_id = 0;
        std::optional<engine::ApiCall> call;
        std::optional<engine::ApiResult> result;
        bool is_copy = false;  ///< of a call: nobody waits for its answer
        engine::Recall recall;
    };
    using Place = std::pair<SteadyTime, std::uint64_t>;

    void boot();
    void kill();
    void rise(Millis down);
    void take_actions();
    void write(engine::Commit commit);
    void recall(engine::Recall question);
    void send(engine::Call call);
    void handle(Event event);
    void add(SteadyTime at, Event event);
    [[nodiscard]] bool step(SteadyTime until);
    void tell_clock();
    /// By the other side's clock, which nobody sets.
    [[nodiscard]] UtcTime true_time() const;

    SimulationPlan plan_;
    std::mt19937_64 random_;
    Instant now_;
    std::unique_ptr<Upstream> upstream_;
    std::unique_ptr<RecordKeeper> keeper_;
    std::unique_ptr<Door> door_;
    std::optional<SimulatedStore> backup_;
    std::unique_ptr<timer_wheel::TimerWheel> wheel_;
    std::unique_ptr<engine::Engine> engine_;
    std::map<Place, Event> events_;
    std::uint64_t last_event_ = 0;
    std::uint64_t step_ = 0;
    std::uint64_t process_ = 0;
    std::uint64_t crashes_ = 0;
    SteadyTime began_{};
    std::optional<SteadyTime> synchronised_at_;  // unset: it is
    SteadyTime last_commit_at_{};
    std::map<std::string, UtcTime> sent_;
    std::vector<runbook::Runbook> texts_;  // every text there ever was
};

}  // namespace runbookd::fakes
