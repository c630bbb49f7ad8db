#pragma once
// All that happens in one simulated life, drawn from a seed before it begins: the account, the runbooks, what
// people do, what breaks and when. A plain value, so that ingredients can be taken away from it.
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "engine/api.hpp"
#include "engine/budget.hpp"
#include "engine/completion_log.hpp"
#include "engine/pause_scope.hpp"
#include "fakes/simulated_rmm.hpp"

namespace runbookd::simulation {

/// [from, until), since the begin of the life.
struct Span {
    Millis from{0}, until{0};
};

struct WorldDevice {
    engine::Device facts;
    std::vector<Span> offline;  ///< ascending, apart from each other
    Span exists{Millis{0}, Millis::max()};
};

/// How often a job of the component ends how, out of 100; the rest succeeds.
struct WorldComponent {
    ComponentUid uid;
    std::string name;
    int failure = 0, warning = 0, expired = 0, without_output = 0;
    Millis shortest{500}, longest{60'000};
    std::string prints;               ///< one of these lines each time, '|' between them
    bool prints_variables = false;    ///< and what it was given
    int restarts = 0;                 ///< how often the device restarts when a job of it ends, out of 100
    int rows = 0;                     ///< lines `::row` that it prints, at most
    std::vector<std::string> inputs;  ///< names of its variables
};

struct WorldAlert {
    std::size_t device = 0;  ///< its place in World::devices
    std::string priority, context_class;
    Millis at{0};
};

/// As the settings would say it.
struct WorldCustomer {
    std::string name;
    std::vector<std::string> sites;
    std::string zone;
    std::string window_cron;  ///< of the maintenance window "patch"; empty: none
    Millis window_length{0};
    std::string blackout_cron;  ///< empty: none
    Millis blackout_length{0};
};

// ── what happens when ──

struct StartRun {
    std::string runbook;
    std::vector<std::size_t> devices;  ///< narrowed to them; empty: all
    bool override_rules = false;       ///< guard, blackouts and window
};
struct StartQuickJob {
    std::size_t device = 0;
    std::string component;
};
struct Pause {
    engine::PauseScope scope;
    Millis span{0};
};
struct Resume {
    engine::PauseScope scope;
};
/// Of the newest run that is open, if there is one.
struct CancelNewest {};
/// All that waits for a person begins: runs, their next waves, and what was asked ahead.
struct ApproveAll {
    std::string actor = "dora";
};
/// A person says no to all that waits.
struct RejectAll {};
/// What failed or expired in the newest run that is over, again.
struct RetargetNewest {
    bool at_next_window = false;
};
/// Every job that is unknown gets a word.
struct SettleUnknown {
    int word = 0;  ///< as SettleOrder::Word
};
/// The texts of that version from now on.
struct Reload {
    std::size_t version = 0;
};
struct StepClock {
    Millis by{0};
};
struct Stall {
    Millis span{0};
};
struct Kill {
    Millis down{1000};
};
/// Nothing of the API can be reached.
struct Outage {
    Millis span{0};
};
/// What the store holds is kept aside.
struct BackUp {};
/// The process is killed, and the store put back to what was kept: the daemon is held until somebody accepts.
struct PutBack {
    Millis down{1000};
};
struct AcceptRestore {};
using Deed =
    std::variant<StartRun, StartQuickJob, Pause, Resume, CancelNewest, ApproveAll, RejectAll, RetargetNewest,
                 SettleUnknown, Reload, StepClock, Stall, Kill, Outage, BackUp, PutBack, AcceptRestore>;
struct Event {
    Millis at{0};
    Deed deed;
};

/// By file: the text of a runbook.
using Version = std::map<std::string, std::string>;

struct World {
    std::uint64_t seed = 1;
    UtcTime start{};
    Millis length{0};

    // ── the account ──
    std::vector<engine::Site> sites;
    std::vector<WorldDevice> devices;
    std::vector<WorldComponent> components;
    std::vector<WorldAlert> alerts;
    std::map<std::string, std::string> filters;  ///< by name: the hostname (a glob) that fits
    engine::Limits limits{600, 600, 100};
    std::size_t page = 250;  ///< rows of a list
    Millis log_lag{5000};    ///< of the activity log, at most
    fakes::FaultRates faults;

    // ── the settings ──
    double budget_share = 0.8;
    Millis fleet_refresh{600'000};
    engine::FollowMode follow = engine::FollowMode::automatic;
    std::string zone = "UTC";
    std::vector<WorldCustomer> customers;
    std::string blackout_cron;  ///< of the account; empty: none
    Millis blackout_length{0};
    std::map<std::string, std::string> secrets;
    std::vector<Version> versions;  ///< the first is in force at the start

    // ── what happens ──
    std::vector<Event> events;     ///< in their order
    std::uint64_t kill_every = 0;  ///< every so many steps the process is killed; 0: never
    int kill_by_chance = 0;        ///< out of 100,000, at each step
    Span kills;                    ///< when that happens
    std::uint64_t kills_at_most = 200;
    int slow_commits = 0;    ///< out of 1,000
    bool on_sqlite = false;  ///< the real store; else the simulated one
};

/// For people: what the world is made of, and the runbooks' texts.
[[nodiscard]] std::string to_story(const World& world);

}  // namespace runbookd::simulation
