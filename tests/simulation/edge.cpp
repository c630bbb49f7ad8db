#include "simulation/edge.hpp"

namespace runbookd::simulation {

void Edge::on_commit(engine::Batch& batch, Instant /*now*/) {
    for (const auto& record : batch) {
        if (const auto* run = std::get_if<engine::RunPlanned>(&record)) witness_.hear(*run);
        if (const auto* job = std::get_if<engine::JobCreated>(&record)) witness_.hear(*job);
    }
}

std::vector<Millis> Edge::copies_of(const engine::ApiCall& /*call*/, Instant /*now*/) { return {Millis{0}}; }

std::vector<Millis> Edge::on_call(const engine::ApiCall& call, Instant now) {
    auto copies = copies_of(call, now);
    if (const auto* create = std::get_if<engine::CreateQuickJob>(&call))
        for (const auto later : copies)
            witness_.see(Departure{create->job_name, create->device, create->component, now.utc + later});
    return copies;
}

void Edge::on_reply(const engine::ApiCall& /*call*/, engine::ApiResult& result, Instant /*now*/) {
    if (!result) return;
    if (auto* const output = std::get_if<engine::Output>(&*result); output != nullptr && output->text)
        output->text = vault_.redact(std::move(*output->text));
}

}  // namespace runbookd::simulation
