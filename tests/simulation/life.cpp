#include "simulation/life.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "engine/finder.hpp"
#include "fakes/simulation.hpp"
#include "simulation/people.hpp"
#include "simulation/sqlite_keeper.hpp"

namespace runbookd::simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Millis kDay = hours{24};
/// What is open comes to its end: windows of a day, a timeout, a job held for a sleeping device, a day of
/// searches for what was lost.
constexpr Millis kAtRest = 3 * kDay;
/// And what was learned last is written down.
constexpr Millis kLastLooks = hours{5};

class Life {
public:
    Life(const World& world, Mutation mutation)
        : world_(world), mutation_(mutation), library_(world), witness_(library_.vault()) {
        auto account = std::make_unique<Account>(world_, library_.vault());
        account_ = account.get();
        fakes::SimulationPlan plan;
        plan.seed = world_.seed;
        plan.start = world_.start;
        plan.runbooks = as_understood(mutation, library_.version(0));
        plan.customers = library_.customer_rules();
        plan.settings.budget_share = world_.budget_share;
        plan.settings.fleet_refresh = world_.fleet_refresh;
        plan.settings.follow = world_.follow;
        plan.upstream = std::move(account);
        plan.slow_commits = world_.slow_commits;
        plan.door = make_door(mutation, witness_, library_.vault(), library_);
        plan.crash_after = [this](std::uint64_t step) { return is_killed(step); };
        plan.crashes_until = Millis::max();
        if (world_.on_sqlite) {
            auto keeper = std::make_unique<SqliteKeeper>();
            sqlite_ = keeper.get();
            plan.keeper = std::move(keeper);
        }
        simulation_ = std::make_unique<fakes::Simulation>(std::move(plan));
    }

    void run() {
        people_.emplace(world_, witness_, *simulation_);
        began_ = simulation_->now().steady;
        for (const auto& event : world_.events) {
            if (event.at > world_.length) break;
            run_until(event.at);
            std::visit([this](const auto& deed) { happen(deed); }, event.deed);
        }
        run_until(world_.length);
        // Instants that a clock ahead has passed are not taken from the schedules before they have come
        // again.
        if (newest_ > simulation_->now().utc) simulation_->run_for(newest_ - simulation_->now().utc);
        is_calm_ = true;
        account_->calm_down();
        for (int word = 0; word < 60 && !simulation_->engine().restored().empty(); ++word) {
            simulation_->accept_restore();
            simulation_->run_for(minutes{1});
        }
        simulation_->reload({});
        while (since_start() < world_.length + kAtRest && !is_quiet()) simulation_->run_for(hours{1});
        simulation_->run_for(kLastLooks);
    }

    void judge(Outcome& outcome) {
        const auto record =
            sqlite_ != nullptr ? sqlite_->read(library_.vault()) : read_record(simulation_->store());
        const auto now = simulation_->now();
        const Evidence evidence{
            world_, library_, *account_, witness_, record, now.utc, world_.start + (now.steady - began_),
            lost_};
        outcome.findings = simulation::judge(evidence);
        auto& figures = outcome.figures;
        figures.runs = record.runs.size();
        figures.jobs = record.jobs.size();
        for (const auto& [uid, run] : record.runs) figures.targets += run.targets.size();
        for (const auto& row : record.verdicts) figures.verdicts += static_cast<std::uint64_t>(row.count);
    }

    /// What is known however it ended.
    void tell(Outcome& outcome) {
        auto& figures = outcome.figures;
        figures.steps = simulation_->steps();
        figures.crashes = simulation_->crashes();
        figures.accepted = account_->jobs().size();
        figures.calls = account_->calls();
        figures.records = witness_.records();
        figures.days = static_cast<std::uint64_t>((simulation_->now().steady - began_) / kDay);
        outcome.digest = witness_.digest();
        draw(outcome.picture);
    }

private:
    [[nodiscard]] Millis since_start() const { return simulation_->now().steady - began_; }
    void run_until(Millis at) {
        if (at > since_start()) simulation_->run_for(at - since_start());
    }

    [[nodiscard]] bool is_killed(std::uint64_t step) {
        if (is_calm_ || !simulation_ || kills_ >= world_.kills_at_most) return false;
        if (since_start() < world_.kills.from || since_start() >= world_.kills.until) return false;
        const bool by_count = world_.kill_every != 0 && step % world_.kill_every == 0;
        // A hash of the step, so that no draw of anything else is shifted.
        const bool by_chance = static_cast<int>(((step + world_.seed) * 0x9E3779B97F4A7C15U >> 33U) %
                                                100'000) < world_.kill_by_chance;
        if (!by_count && !by_chance) return false;
        ++kills_;
        note(seconds{1}, "killed");
        return true;
    }

    /// Nothing is open, nor searched for.
    [[nodiscard]] bool is_quiet() const {
        const auto& core = simulation_->engine();
        return core.open_runs() == 0 && core.open_jobs() == 0 && witness_.unknown_jobs().empty();
    }

    void note(Millis span, const char* what) {
        const auto now = world_.start + since_start();
        troubles_.push_back({now, now + span, what});
        lost_ += span;
    }

    void happen(const Reload& deed) {
        if (deed.version < world_.versions.size())
            simulation_->reload(as_understood(mutation_, library_.version(deed.version)));
    }
    void happen(const StepClock& deed) {
        note(Millis{0}, "clock set");
        newest_ = std::max(newest_, simulation_->now().utc);
        simulation_->step_clock(deed.by);
    }
    void happen(const Stall& deed) {
        note(deed.span, "stood still");
        simulation_->stall(deed.span);
    }
    void happen(const Kill& deed) {
        note(deed.down, "killed");
        simulation_->crash(deed.down);
    }
    void happen(const Outage& deed) {
        note(deed.span, "no API");
        account_->go_down(world_.start + since_start() + deed.span);
    }
    void happen(const BackUp& /*deed*/) {
        simulation_->back_up();
        witness_.back_up();
        has_backup_ = true;
    }
    void happen(const PutBack& deed) {
        if (!has_backup_) return;
        note(deed.down, "put back");
        simulation_->put_back(deed.down);
        witness_.put_back();
    }
    void happen(const AcceptRestore& /*deed*/) {
        if (!simulation_->engine().restored().empty()) simulation_->accept_restore();
    }
    template <class Other>
    void happen(const Other& deed) {
        people_->act(deed);
    }

    void draw(Picture& picture) const {
        for (const auto& [uid, run] : witness_.runs()) {
            const auto& plan = run.planned;
            picture.runs.push_back({plan.runbook, plan.nominal.value_or(plan.at), plan.window_end,
                                    run.started_at, run.finished_at,
                                    std::string(engine::to_text(plan.trigger))});
        }
        for (const auto& job : account_->jobs())
            picture.jobs.emplace_back(job.name.substr(0, job.name.find(' ')), job.arrived);
        picture.troubles = troubles_;
    }

    const World& world_;
    Mutation mutation_;
    Library library_;
    Witness witness_;
    Account* account_ = nullptr;      // the simulation's
    SqliteKeeper* sqlite_ = nullptr;  // the simulation's; null: it has a simulated store
    std::unique_ptr<fakes::Simulation> simulation_;
    std::optional<People> people_;
    SteadyTime began_{};
    std::uint64_t kills_ = 0;
    bool is_calm_ = false;
    bool has_backup_ = false;
    Millis lost_{0};
    UtcTime newest_{};  // that the daemon's clock has shown before it was set
    std::vector<Trouble> troubles_;
};

}  // namespace

Figures& Figures::operator+=(const Figures& other) {
    days += other.days;
    steps += other.steps;
    crashes += other.crashes;
    runs += other.runs;
    targets += other.targets;
    jobs += other.jobs;
    accepted += other.accepted;
    verdicts += other.verdicts;
    records += other.records;
    calls += other.calls;
    return *this;
}

Outcome live(const World& world, Mutation mutation) {
    Outcome outcome;
    Life life(world, mutation);
    try {
        life.run();
        life.judge(outcome);
    } catch (const std::exception& error) {
        outcome.findings.push_back({"no exception", error.what()});
    }
    life.tell(outcome);
    return outcome;
}

}  // namespace runbookd::simulation
