#include "engine/outbox.hpp"

#include <utility>

namespace runbookd::engine {

std::vector<Action> Outbox::take() {
    std::vector<Action> actions;
    if (!batch_.empty() || !waiting_.empty()) {
        under_way_.emplace(++last_commit_, std::exchange(waiting_, {}));
        actions.push_back(Commit{last_commit_, std::exchange(batch_, {})});
    }
    for (auto& action : std::exchange(actions_, {})) actions.push_back(std::move(action));
    return actions;
}

void Outbox::committed(CommitId id, Instant now) {
    auto callbacks = under_way_.extract(id);
    if (callbacks.empty()) return;
    for (const auto& callback : callbacks.mapped()) callback(now);
}

}  // namespace runbookd::engine
