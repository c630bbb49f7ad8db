#include "engine/outbox.hpp"

#include <utility>

namespace runbookd::engine {

void Outbox::cut() {
    const auto size = batch_.size();
    under_way_.emplace(++last_commit_, std::exchange(waiting_, {}));
    commits_.push_back(Commit{last_commit_, std::exchange(batch_, {})});
    if (size >= kLargeBatch) batch_.reserve(size + size / 8);  // the next one will be about as large
}

std::vector<Action> Outbox::take() {
    if (!batch_.empty() || !waiting_.empty()) cut();
    auto actions = std::exchange(commits_, {});
    batch_.shrink_to_fit();
    for (auto& action : std::exchange(actions_, {})) actions.push_back(std::move(action));
    return actions;
}

void Outbox::committed(CommitId id, Instant now) {
    auto callbacks = under_way_.extract(id);
    if (callbacks.empty()) return;
    for (const auto& callback : callbacks.mapped()) callback(now);
}

}  // namespace runbookd::engine
