#pragma once
// What a run would do, before it does it: the same choice and the same rules as a start, and nothing changed.
// Asks for what is known too long ago, and answers when it has come, or with what there is.
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "engine/check_variables.hpp"
#include "engine/customers.hpp"
#include "engine/forecast.hpp"
#include "engine/planner.hpp"
#include "engine/starter.hpp"
#include "engine/variables.hpp"

namespace runbookd::engine {

/// Names a lane of a runbook.
struct LaneName {
    std::string zone;
    std::string customer;  ///< empty: of none
};

struct PreviewOrder {
    std::string runbook;
    /// What is to be tried instead of the runbook that is in force under that name; null: that one.
    RunbookPointer book = nullptr;
    RunScope scope;
    /// None: now. An instant of its schedule: that occurrence; any other: as if started by hand then.
    std::optional<UtcTime> at;
    std::string actor;
    /// Of a runbook with lanes: whose occurrence it is; none: that of the one customer that the scope names,
    /// else no lane's.
    std::optional<LaneName> lane;
};

struct PreviewedTarget {
    TargetRow row;
    /// pending: it gets its job, at once or (reason offline) when it comes online.
    Disposition disposition = Disposition::pending;
    std::string reason;
    std::string message;  ///< for a person
};

/// One of the steps of a runbook, as it would be on every device.
struct PreviewedStep {
    std::string name;
    ComponentUid component;  ///< empty: it could not be told, or the device is expected to return
    std::string component_name;
    std::string component_problem;  ///< why it cannot be told
    std::vector<std::string> when;  ///< any of these; none: always
    bool goes_on_after_failure = false;
    Millis timeout{0};
    std::optional<runbook::ExpectedReturn> expect{};
    std::vector<InputValue> inputs{};
    std::vector<VariableIssue> issues{};
};

struct Preview {
    std::string runbook;
    std::int64_t revision = 0;
    std::string zone;      ///< of the schedule; empty: none
    std::string customer;  ///< whose lane it is; empty: of none
    UtcTime at{}, window_end{};
    UtcTime fleet_read_at{};  ///< devices are as they were then
    /// Why the run would not begin, or would end at once; empty: it would begin.
    std::string refusal;
    std::string targets_problem;    ///< of that: why its targets cannot be told
    std::string component_problem;  ///< of that: why its component cannot be told
    std::vector<VariableIssue> issues;
    /// What is wrong with what it runs, but does not keep it from running.
    std::string warnings;
    ComponentUid component;  ///< empty: it could not be told
    std::string component_name;
    std::vector<InputValue> inputs;
    std::vector<PreviewedTarget> targets;  ///< by hostname, then uid
    std::vector<ExclusionRow> exclusions;
    std::int64_t wanted = 0;   ///< creates: of the devices that are online, or need not be
    std::int64_t offline = 0;  ///< devices that are waited for
    std::int64_t reads = 0;    ///< calls, about
    /// What becomes of the wanted creates, beside those of the runs that are open.
    Drained creates;
    std::vector<PreviewedStep> steps{};  ///< none: the component is all
};

class Previews {
public:
    using Answer = std::function<void(Result<Preview>)>;
    /// Why a runbook may begin no run at that time, as a person is told.
    using Refusal = std::function<std::optional<Error>(const std::string& runbook, UtcTime at, Instant now)>;
    /// All of it outlives this.
    Previews(AlarmClock& clock, const Planner& planner, const Fleet& fleet, const Customers& customers,
             Starter& starter, const Forecast& forecast, Refusal refusal);

    /// Errors: not_found (no runbook or customer of that name), unavailable (fleet or components were never
    /// read yet).
    void ask(PreviewOrder order, Answer answer, Instant now);
    /// A list has come in.
    void pump(Instant now);

private:
    struct Asked {
        Asked(AlarmClock& clock, const std::function<void(Run&, Instant)>& ignores) : run(clock, ignores) {}
        Run run;  ///< as it would be planned; in no books
        UtcTime at{};
        std::int64_t revision = 0;
        bool is_tried = false;  ///< not in force
        std::string zone;
        SteadyTime patience_ends{};
        Answer answer;
    };
    static void be_occurrence(Asked& asked, const std::optional<LaneName>& lane);
    /// Whether it has been answered.
    [[nodiscard]] bool try_to_answer(Asked& asked, Instant now);
    [[nodiscard]] Preview preview_of(const Asked& asked, Starter::Foreseen foreseen, Instant now) const;
    /// Takes out those whose variables cannot be filled in, and those whose customer's blackout covers it
    /// all.
    void judge_devices(Preview& preview, const Run& run) const;
    /// Why a device gets no job, of all that it is to have; nullopt: it gets them.
    [[nodiscard]] std::optional<VariableRefusal> refusal_of(const Run& run, const RenderedFor& whose) const;
    /// What it runs, and what is wrong with it.
    void add_steps(Preview& preview, const Run& run, const std::string& obstacle) const;
    void add_times(Preview& preview, const Run& run, Instant now) const;
    void answer_impatient(Instant now);

    AlarmClock& clock_;
    const Planner& planner_;
    const Fleet& fleet_;
    const Customers& customers_;
    Starter& starter_;
    const Forecast& forecast_;
    Refusal refusal_;
    std::function<void(Run&, Instant)> ignores_;  // a window's end
    std::list<Asked> asked_;                      // oldest first
    Alarm patience_;
};

}  // namespace runbookd::engine
