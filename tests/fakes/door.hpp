#pragma once
// What stands between the engine and the outside in a simulation, as the edges do in the daemon. This one
// lets everything pass as it is; tests look on, or plant faults, by one of their own.
#include <vector>

#include "engine/api.hpp"
#include "engine/records.hpp"

namespace runbookd::fakes {

class Door {
public:
    virtual ~Door() = default;
    /// The engine hands a batch to the store.
    virtual void on_commit(engine::Batch& /*batch*/, Instant /*now*/) {}
    /// The store has made it durable.
    virtual void on_durable(const engine::Batch& /*batch*/, Instant /*now*/) {}
    /// The engine sends a call: how much later each copy of it goes out. The answer to the first is the
    /// engine's.
    [[nodiscard]] virtual std::vector<Millis> on_call(const engine::ApiCall& /*call*/, Instant /*now*/) {
        return {Millis{0}};
    }
    /// An answer is about to reach the engine.
    virtual void on_reply(const engine::ApiCall& /*call*/, engine::ApiResult& /*result*/, Instant /*now*/) {}
};

}  // namespace runbookd::fakes
