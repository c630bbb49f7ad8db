#pragma once
// The edges of the daemon as far as a promise hangs on them: outputs lose the values of secrets before the
// engine sees them. Tells the witness of all that goes out.
#include "fakes/door.hpp"
#include "secrets/vault.hpp"
#include "simulation/witness.hpp"

namespace runbookd::simulation {

class Edge : public fakes::Door {
public:
    /// Both outlive this.
    Edge(Witness& witness, const secrets::Vault& vault) : witness_(witness), vault_(vault) {}

    void on_commit(engine::Batch& batch, Instant now) override;
    void on_durable(const engine::Batch& batch, Instant /*now*/) override { witness_.see(batch); }
    [[nodiscard]] std::vector<Millis> on_call(const engine::ApiCall& call, Instant now) final;
    void on_reply(const engine::ApiCall& call, engine::ApiResult& result, Instant now) override;

protected:
    /// As Door::on_call.
    [[nodiscard]] virtual std::vector<Millis> copies_of(const engine::ApiCall& call, Instant now);
    [[nodiscard]] const Witness& witness() const { return witness_; }
    [[nodiscard]] const secrets::Vault& vault() const { return vault_; }

private:
    Witness& witness_;
    const secrets::Vault& vault_;
};

}  // namespace runbookd::simulation
