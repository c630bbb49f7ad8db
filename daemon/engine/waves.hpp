#pragma once
// When the next wave of a run begins: each job of the one before has ended, the soak has passed, and, where
// the runbook wants it, a person has said so.
#include <functional>
#include <string>

#include "base/result.hpp"
#include "engine/books.hpp"

namespace runbookd::engine {

class Waves {
public:
    /// `on_begun` gets a run whose next wave has begun.
    using OnBegun = std::function<void(Run& run, Instant now)>;
    /// Both outlive this.
    Waves(Books& books, AlarmClock& clock, OnBegun on_begun);

    /// A run that was started before a restart: goes on waiting.
    void take_up(Run& run, Instant now);
    /// Something of the run has changed: its wave may be over.
    void review(Run& run, Instant now);
    /// A person lets the next wave begin. Errors: conflict (it waits for nobody).
    [[nodiscard]] Result<void> promote(Run& run, const std::string& actor, Instant now);

private:
    /// Its soak has passed, or there was none.
    void go_on(Run& run, std::int64_t next, Instant now);
    void set_alarm(Run& run, Instant now);

    Books& books_;
    AlarmClock& clock_;
    OnBegun on_begun_;
};

}  // namespace runbookd::engine
