#pragma once
// When a runbook is due: the instants of all its schedules, in one order. Pure.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "cron/expression.hpp"
#include "cron/once.hpp"
#include "cron/zone.hpp"

namespace runbookd::schedule {

/// What happens to instants that passed while the daemon was down and whose window is still open.
enum class CatchUp : std::uint8_t {
    none,    ///< skipped
    latest,  ///< the newest of them runs, the others are skipped
    all,     ///< each of them runs
};

/// One item of `schedule:`.
struct Entry {
    std::variant<cron::Expression, cron::Once> rule;
    std::shared_ptr<const cron::Zone> zone;  ///< shared by all runbooks of that zone; never null
    Millis jitter{0};                        ///< the start is put off by less than this
    CatchUp catch_up = CatchUp::latest;
    /// Its own window, of a maintenance window; 0: the runbook's. Small, for every runbook keeps its entries.
    std::chrono::duration<std::uint32_t, std::milli> window{0};

    [[nodiscard]] std::optional<UtcTime> next_after(UtcTime after) const;
    [[nodiscard]] std::string text() const;      ///< as it is written: "0 2 * * SUN"
    [[nodiscard]] std::string in_words() const;  ///< "at 02:00 on Sundays"
};

/// A nominal instant, and the entry that names it.
struct Nominal {
    UtcTime at{};
    const Entry* entry = nullptr;  ///< lives as long as its timeline
};

class Timeline {
public:
    /// `entries` is not empty.
    explicit Timeline(std::vector<Entry> entries) : entries_(std::move(entries)) {}
    /// The first instant strictly after `after`; one that several entries name belongs to the first of them,
    /// and comes once. nullopt: none any more. Bounded work.
    [[nodiscard]] std::optional<Nominal> next_after(UtcTime after) const;
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    /// The texts of all entries, "; " between them.
    [[nodiscard]] std::string text() const;
    /// The zone's name; where the entries have several: all, ", " between them.
    [[nodiscard]] std::string zone() const;

private:
    std::vector<Entry> entries_;
};

/// By how much the start of this occurrence is put off: by hash of runbook and nominal instant, below
/// `jitter`, and below `window` in any case.
[[nodiscard]] Millis jitter_of(std::string_view runbook, UtcTime nominal, Millis jitter, Millis window);

}  // namespace runbookd::schedule
