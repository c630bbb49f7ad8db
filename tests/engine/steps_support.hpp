#pragma once
// What the tests of steps share: a runbook of several, and jobs that end as a test says.
#include <algorithm>
#include <string>
#include <vector>

#include "fakes/engine_bench.hpp"

namespace runbookd::engine::steps_testing {

inline runbook::Step job_step(const std::string& name, const std::string& component) {
    runbook::Step step;
    step.name = name;
    step.component = component;
    return step;
}

inline runbook::Step return_step(const std::string& name, bool rebooted = false) {
    runbook::Step step;
    step.name = name;
    step.expect = runbook::ExpectedReturn{true, rebooted, std::chrono::minutes{20}};
    return step;
}

inline runbook::Runbook stepped(std::vector<runbook::Step> steps) {
    auto book = fakes::clean_all("mend");
    book.component.clear();
    book.steps = runbook::Steps{std::move(steps)};
    return book;
}

/// Devices d1, d2, …; components Check, Repair and Tell besides Clean.
inline std::vector<Device> devices(std::size_t count) {
    std::vector<Device> all;
    for (std::size_t i = 1; i <= count; ++i)
        all.push_back(fakes::windows_server("d" + std::to_string(i), "ACME-0" + std::to_string(i)));
    return all;
}

struct StepsBed {
    explicit StepsBed(std::size_t count = 1) : bench(devices(count)) {
        for (const auto* name : {"Check", "Repair", "Tell"})
            bench.components.push_back({ComponentUid{"c-" + std::string(name)}, name, "", "", {}});
    }

    /// The job that was created as that one (from 1).
    void end(int job, DeploymentStatus status) {
        JobResult result;
        result.status = status;
        result.ran_on = bench.now().utc;
        bench.results[DattoJobUid{"j" + std::to_string(job)}] = result;
    }
    void start_and_run(const runbook::Runbook& book, Millis span) {
        bench.start({book});
        bench.run(book.name);
        bench.run_for(span);
    }
    /// "check 1", one of each job: the step's name and which try.
    [[nodiscard]] std::vector<std::string> jobs() const {
        std::vector<std::string> all;
        for (const auto& job : bench.all<JobCreated>())
            all.push_back(job.step_name + " " + std::to_string(job.attempt));
        return all;
    }
    /// "check failed", one of each step that ended.
    [[nodiscard]] std::vector<std::string> ends() const {
        std::vector<std::string> all;
        for (const auto& step : bench.all<TargetStepped>())
            all.push_back(step.step + " " + std::string(runbook::to_text(step.ended.back())));
        return all;
    }
    /// "d1 failed datto_failure", one of each target that was decided.
    [[nodiscard]] std::vector<std::string> words() const {
        std::vector<std::string> all;
        for (const auto& target : bench.all<TargetDecided>())
            all.push_back(target.device.str() + " " + std::string(to_text(target.disposition)) +
                          (target.reason.empty() ? "" : " " + target.reason));
        return all;
    }

    fakes::EngineBench bench;
};

using Texts = std::vector<std::string>;

}  // namespace runbookd::engine::steps_testing
