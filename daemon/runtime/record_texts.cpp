#include "runtime/record_texts.hpp"

#include <utility>
#include <vector>

#include "base/shared_text.hpp"
#include "runbook/json_object.hpp"

namespace runbookd::runtime {
namespace {

struct Redaction {
    const secrets::Vault& vault;

    void text(std::string& text) const { text = vault.redact(std::move(text)); }
    /// A text that others refer to is left to them.
    void shared(SharedText& text) const {
        if (vault.find_in(text.str())) text = SharedText(vault.redact(text.str()));
    }
    void texts(std::map<std::string, std::string>& texts) const {
        for (auto& [key, value] : texts) text(value);
    }
    void output(std::optional<engine::OutputText>& output) const {
        if (output) text(output->text);
    }
    /// A row must stay an object with a mark in it; one that does not is dropped.
    void rows(Boxed<runbook::Collected>& collected) const {
        if (!collected) return;
        std::vector<std::string> kept;
        for (auto& row : collected->rows) {
            if (!vault.find_in(row)) {
                kept.push_back(std::move(row));
            } else if (auto clean = runbook::plain_json_object(vault.redact(std::move(row)))) {
                kept.push_back(std::move(*clean));
            } else {
                ++collected->not_rows;
            }
        }
        collected->rows = std::move(kept);
    }

    void operator()(engine::RevisionEffective& r) const { text(r.note); }
    void operator()(engine::RevisionRetired&) const {}
    void operator()(engine::ZoneRulesSeen&) const {}
    void operator()(engine::PauseSet& r) const { text(r.reason); }
    void operator()(engine::PauseEnded&) const {}
    void operator()(engine::RunPlanned& r) const {
        text(r.note);
        text(r.overrides.reason);
        texts(r.scope.variables);
        if (r.key) text(r.key->key);
    }
    void operator()(engine::RunStarted& r) const {
        for (auto& target : r.targets) {
            shared(target.site_name);
            text(target.hostname);
        }
        for (auto& exclusion : r.exclusions) {
            text(exclusion.hostname);
            shared(exclusion.site_name);
            shared(exclusion.reason);
        }
    }
    void operator()(engine::RunFinished&) const {}
    void operator()(engine::WaveStarted&) const {}
    void operator()(engine::RunWaiting&) const {}
    void operator()(engine::TargetMoved&) const {}
    void operator()(engine::TargetRetried&) const {}
    void operator()(engine::TargetStepped& r) const { text(r.message); }
    void operator()(engine::TargetDecided& r) const { text(r.message); }
    void operator()(engine::JobCreated& r) const {
        text(r.component_name);
        texts(r.variables);
    }
    void operator()(engine::JobChanged& r) const {
        text(r.message);
        text(r.datto_status);
        output(r.out);
        output(r.err);
        rows(r.collected);
    }
    void operator()(engine::JobLate& r) const {
        text(r.datto_status);
        output(r.out);
        output(r.err);
        rows(r.collected);
    }
    void operator()(engine::OccurrenceDecided&) const {}
    void operator()(engine::OccurrencesVoided&) const {}
    void operator()(engine::FleetChanged& r) const {
        for (auto& row : r.rows) {
            text(row.device.hostname);
            shared(row.device.site_name);
            shared(row.device.os);
            shared(row.device.device_type);
            shared(row.device.device_class);
        }
    }
    void operator()(engine::SitesAssigned&) const {}
    void operator()(engine::Noted& r) const { texts(r.data); }
    void operator()(engine::JobFound&) const {}
    void operator()(engine::TargetRevised& r) const { text(r.message); }
    void operator()(engine::ApprovalRequested& r) const { text(r.plan.component_name); }
    void operator()(engine::RunApproved& r) const { text(r.note); }
    void operator()(engine::RunRejected& r) const { text(r.reason); }
    void operator()(engine::ApprovalVoided& r) const { text(r.reason); }
};

}  // namespace

void redact(engine::Batch& batch, const secrets::Vault& vault) {
    if (vault.is_empty()) return;
    for (auto& record : batch) std::visit(Redaction{vault}, record);
}

}  // namespace runbookd::runtime
