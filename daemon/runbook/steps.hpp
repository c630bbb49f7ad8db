#pragma once
// `steps:` of a runbook: what is done on each device, one after the other. Pure data, checked when it was
// read, and what follows from it.
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/boxed.hpp"
#include "base/time.hpp"
#include "runbook/success.hpp"
#include "templates/template.hpp"

namespace runbookd::runbook {

/// What came of a step on a device.
enum class StepEnd : std::uint8_t {
    succeeded,
    warning,
    failed,
    timeout,
    expired,
    skipped,  ///< what its `when` asks for had not come about
};
/// As a record and a `when` spell it.
[[nodiscard]] std::string_view to_text(StepEnd end);
[[nodiscard]] std::optional<StepEnd> step_end_from(std::string_view text);
/// Whether a step that ended like that has not done what it was for: what `on_failure` is about.
[[nodiscard]] constexpr bool is_bad(StepEnd end) {
    return end == StepEnd::failed || end == StepEnd::timeout || end == StepEnd::expired;
}

/// `NAME.END`: an earlier step ended like that.
struct StepCondition {
    std::size_t step = 0;  ///< its place among the steps
    StepEnd end = StepEnd::failed;
};

/// The device is waited for, and seen on the pages of the device list.
struct ExpectedReturn {
    bool online = false;    ///< seen online by a reading that began after the step
    bool rebooted = false;  ///< its last reboot is later than its last job was made
    Millis within{std::chrono::minutes{20}};
};

struct Step {
    std::string name;         ///< one of its own; of an `expect` it may be made
    std::string component{};  ///< exact name (ignoring case) or uid
    std::map<std::string, templates::Template> variables{};  ///< over those of the runbook
    std::vector<StepCondition> when{};                       ///< any of them; none: always
    bool goes_on_after_failure = false;                      ///< on_failure: continue
    std::optional<Millis> timeout{};                         ///< none: the runbook's
    Boxed<Success> success{};                                ///< empty: the runbook's
    std::optional<ExpectedReturn> expect{};                  ///< instead of a component
};

/// What follows the steps that have ended.
struct NextStep {
    std::vector<std::size_t> skipped{};  ///< these are passed over first, in their order
    std::optional<std::size_t> step{};   ///< none: it was the last one
};

struct Steps {
    std::vector<Step> list;  ///< not empty; the first one runs a component, always

    /// After steps that ended like that, in their order.
    [[nodiscard]] NextStep after(const std::vector<StepEnd>& ended) const;
    /// How many of those that are left run after that, where each of them succeeds.
    [[nodiscard]] std::int64_t coming(std::vector<StepEnd> ended) const;
    /// The jobs that a device gets after that, where none of its steps fails.
    [[nodiscard]] std::int64_t jobs(std::vector<StepEnd> ended = {}) const;
    /// Given that of the runbook, which holds for those that have none of their own.
    [[nodiscard]] Millis longest_timeout(Millis of_runbook) const;
    /// How long all returns are waited for together, at most.
    [[nodiscard]] Millis waits() const;
};

}  // namespace runbookd::runbook
