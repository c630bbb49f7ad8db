#pragma once
// What becomes of a target whose job has ended: its last word, or another try.
#include <functional>
#include <optional>
#include <string>

#include "engine/books.hpp"

namespace runbookd::engine {

class Retries {
public:
    /// Gets a target that is to have another job, not before `retry->next`.
    using OnAgain = std::function<void(Run& run, Target& target, Instant now)>;
    /// `books` outlives this.
    Retries(Books& books, OnAgain on_again) : books_(books), on_again_(std::move(on_again)) {}

    /// When the next try would be, had the target's job ended like that now; nullopt: there is none.
    [[nodiscard]] std::optional<UtcTime> next_try(const Run& run, const Target& target,
                                                  Disposition disposition, Instant now) const;
    /// Its job has ended like that, upstream too.
    void decide(Run& run, Target& target, Disposition disposition, const std::string& reason,
                const std::string& message, Instant now);

private:
    Books& books_;
    OnAgain on_again_;
};

}  // namespace runbookd::engine
