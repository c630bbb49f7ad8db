#pragma once
// What becomes of a target whose step has ended: its next step, or its word. Of a runbook without steps, the
// end of its one job is the word.
#include <functional>
#include <string>

#include "engine/books.hpp"

namespace runbookd::engine {

class Steps {
public:
    struct Handlers {
        std::function<void(Run& run, Target& target, Instant now)> on_job;  ///< it is to get one
        /// Its device is expected to return.
        std::function<void(Run& run, Target& target, Instant now)> on_return;
    };
    /// `books` outlives this.
    Steps(Books& books, Handlers handlers) : books_(books), handlers_(std::move(handlers)) {}

    /// The step that the target stands at has come to that, for good.
    void end(Run& run, Target& target, Disposition disposition, const std::string& reason,
             const std::string& message, Instant now);
    /// Whether another step would follow if it came to that.
    [[nodiscard]] static bool has_next(const Run& run, const Target& target, Disposition disposition);
    /// A run that was started before a restart: those of its targets that stand at a return go on with it.
    void take_up(Run& run, Instant now);

private:
    void go_on(Run& run, Target& target, Instant now);
    /// All of them have ended.
    void conclude(Run& run, Target& target, Instant now);

    Books& books_;
    Handlers handlers_;
};

}  // namespace runbookd::engine
