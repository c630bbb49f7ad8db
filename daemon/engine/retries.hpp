#pragma once
// What becomes of a target whose job has ended: another try, or what its steps make of it.
#include <functional>
#include <optional>
#include <string>

#include "engine/books.hpp"
#include "engine/steps.hpp"

namespace runbookd::engine {

class Retries {
public:
    /// Gets a target that is to have another job, not before `retry->next`.
    using OnAgain = std::function<void(Run& run, Target& target, Instant now)>;
    /// Both outlive this.
    Retries(Books& books, Steps& steps, OnAgain on_again)
        : books_(books), steps_(steps), on_again_(std::move(on_again)) {}

    /// Whether anything more would happen on the device in this run, had the target's job ended like that
    /// now.
    [[nodiscard]] bool goes_on(const Run& run, const Target& target, Disposition disposition,
                               Instant now) const;
    /// Its job has ended like that, upstream too.
    void decide(Run& run, Target& target, Disposition disposition, const std::string& reason,
                const std::string& message, Instant now);
    /// The same, and it gets no other try.
    void give_up(Run& run, Target& target, Disposition disposition, const std::string& reason,
                 const std::string& message, Instant now) {
        steps_.end(run, target, disposition, reason, message, now);
    }

private:
    /// When the next try would be; nullopt: there is none.
    [[nodiscard]] std::optional<UtcTime> next_try(const Run& run, const Target& target,
                                                  Disposition disposition, Instant now) const;

    Books& books_;
    Steps& steps_;
    OnAgain on_again_;
};

}  // namespace runbookd::engine
