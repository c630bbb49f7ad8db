#pragma once
// Whether the wall clock can be believed. It is doubted after a step of more than a minute, and at a start
// before the newest time in the store, until the kernel reports it as synchronised, or five minutes have
// passed. Pure.
#include <optional>

#include "base/clock.hpp"
#include "base/time.hpp"

namespace runbookd::engine {

class ClockGuard {
public:
    /// How far the wall clock may move against steady time between two looks without being doubted.
    static constexpr Millis kStep = std::chrono::seconds{60};
    /// How long it is doubted at most, counted from the newest step.
    static constexpr Millis kPatience = std::chrono::minutes{5};

    /// To be called with every instant before anything is decided by it. Returns by how much the clock was
    /// stepped since the last one; nullopt: it was not.
    [[nodiscard]] std::optional<Millis> look(Instant now);
    /// At a start: the newest time that is recorded lies ahead of `now`.
    void doubt_start(Instant now);
    /// What the kernel says. A kernel that never said it was synchronised is not waited for.
    void hear(KernelSync kernel) {
        kernel_ = {kernel.is_synchronised, kernel.was_synchronised || kernel_.was_synchronised};
    }
    /// The same for a reason that only a person can end: what is stored is older than what was acknowledged.
    void hold(Instant now);
    /// Ends that; whether the clock is doubted besides, settles() tells.
    void release() { is_held_ = false; }
    [[nodiscard]] bool is_held() const { return is_held_; }
    /// Whether the doubt is over by now; true once for each doubt, never while it is held.
    [[nodiscard]] bool settles(Instant now);

    /// No create and no verdict meanwhile.
    [[nodiscard]] bool is_doubted() const { return doubted_since_.has_value(); }
    [[nodiscard]] bool is_synchronised() const { return kernel_.is_synchronised; }
    /// One line for people; empty: it is believed.
    [[nodiscard]] const std::string& why() const { return why_; }
    /// When the patience ends; meaningful while doubted.
    [[nodiscard]] SteadyTime believed_at() const { return *doubted_since_ + kPatience; }

private:
    void doubt(Instant now, std::string why);

    std::optional<Millis> ahead_;  // utc − steady at the last look
    std::optional<SteadyTime> doubted_since_;
    std::string why_;
    bool is_held_ = false;
    KernelSync kernel_;
};

}  // namespace runbookd::engine
