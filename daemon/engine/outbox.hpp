#pragma once
// What the engine wants done, gathered during one step. The records of a step become one batch, so that what
// belongs together is written together; only a very large step is cut, where nothing is torn apart.
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "engine/api.hpp"
#include "engine/records.hpp"

namespace runbookd::engine {

using CommitId = std::uint64_t;
using CallId = std::uint64_t;
using RecallId = std::uint64_t;

/// Make the batch durable, then tell the engine.
struct Commit {
    CommitId id = 0;
    Batch batch;
};
/// Send the call, then tell the engine what came.
struct Call {
    CallId id = 0;
    ApiCall call;
};
/// Read from the record which devices have succeeded in the runbook, with all that was to be made durable
/// before, then tell the engine.
struct Recall {
    RecallId id = 0;
    std::string runbook;
};
using Action = std::variant<Commit, Call, Recall>;

class Outbox {
public:
    using WhenDurable = std::function<void(Instant now)>;

    void write(Record record) { batch_.push_back(std::move(record)); }
    /// What was written so far belongs together, what follows does not belong to it: a batch that has grown
    /// large may end here.
    void may_cut() {
        if (batch_.size() >= kLargeBatch) cut();
    }
    /// Called once the batch of this step, with all that was written so far, is durable.
    void when_durable(WhenDurable callback) { waiting_.push_back(std::move(callback)); }
    void send(CallId id, ApiCall call) { actions_.push_back(Call{id, std::move(call)}); }
    void recall(RecallId id, std::string runbook) { actions_.push_back(Recall{id, std::move(runbook)}); }

    /// Ends the step: everything gathered, commit first.
    [[nodiscard]] std::vector<Action> take();
    /// Runs the callbacks of a commit that is now durable.
    void committed(CommitId id, Instant now);
    [[nodiscard]] std::size_t commits_under_way() const { return under_way_.size(); }

private:
    // Enough that a transaction's own cost is spread thin; few enough that the first of many runs that are
    // due in one second do not wait for the last to be written.
    static constexpr std::size_t kLargeBatch = 1000;

    void cut();

    Batch batch_;
    std::vector<WhenDurable> waiting_;
    std::vector<Action> commits_;  // of this step, cut already
    std::vector<Action> actions_;
    std::unordered_map<CommitId, std::vector<WhenDurable>> under_way_;
    CommitId last_commit_ = 0;
};

}  // namespace runbookd::engine
