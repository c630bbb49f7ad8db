// What people are asked to approve, and what they say.
#include <string>
#include <vector>

#include "store/event_fields.hpp"
#include "store/record_writer.hpp"
#include "store/run_scope.hpp"

namespace runbookd::store {

using nlohmann::json;

namespace {

/// The event is the run's, where there is one.
EventLine line_of(UtcTime at, const std::optional<RunUid>& run, const ApprovalUid& approval, std::string kind,
                  std::string actor, json data) {
    return {at,
            run ? "run" : "approval",
            run ? run->str() : approval.str(),
            std::move(kind),
            std::move(actor),
            std::move(data)};
}

}  // namespace

void RecordWriter::record(const engine::ApprovalRequested& request) {
    const auto& plan = request.plan;
    auto insert = use("write_approval");
    insert.bind(":approval", request.approval.str()).bind(":runbook", request.runbook);
    insert.bind(":run", request.run ? std::optional(request.run->str()) : std::nullopt);
    insert.bind(":revision", request.revision).bind(":account", request.account);
    insert.bind(":zone", request.zone).bind(":customer", request.customer);
    insert.bind(":nominal_at", request.nominal).bind(":at", request.at);
    insert.bind(":component_uid", plan.component.str()).bind(":component_name", plan.component_name);
    insert.bind(":plan_sha256", plan.sha256).bind(":plan", devices_to_json(plan.devices));
    insert.bind(":devices", static_cast<std::int64_t>(plan.devices.size())).run();
    json data{{"approval_uid", request.approval.str()}, {"runbook", request.runbook},
              {"revision", request.revision},           {"account", request.account},
              {"component_uid", plan.component.str()},  {"plan_sha256", plan.sha256},
              {"devices", plan.devices.size()},         {"state", "asked"}};
    put_text(data, "zone", request.zone);
    put_text(data, "customer", request.customer);
    put_text(data, "component_name", plan.component_name);
    put_time(data, "nominal_at", request.nominal);
    event(line_of(request.at, request.run, request.approval, "approval.requested", "", std::move(data)));
}

void RecordWriter::write_word(const ApprovalUid& approval, std::string_view state, const std::string& actor,
                              const std::string& note, UtcTime at) {
    auto word = use("write_approval_word");
    word.bind(":approval", approval.str()).bind(":state", state).bind(":actor", actor);
    word.bind(":note", note).bind(":at", at);
    if (word.run() != 1)
        throw ContradictingRecord("approval " + approval.str() + ": nobody was asked for it");
}

void RecordWriter::record(const engine::RunApproved& approved) {
    json data = json::object();
    if (!approved.approval.empty()) {
        write_word(approved.approval, "approved", approved.actor, approved.note, approved.at);
        data = {{"approval_uid", approved.approval.str()},
                {"plan_sha256", approved.plan_sha256},
                {"devices", approved.devices},
                {"state", "approved"}};
    }
    if (approved.next_wave > 0) data["next_wave"] = approved.next_wave;
    put_text(data, "note", approved.note);
    event(line_of(approved.at, approved.run, approved.approval, "run.approved", approved.actor,
                  std::move(data)));
}

void RecordWriter::record(const engine::RunRejected& rejected) {
    json data = json::object();
    if (!rejected.approval.empty()) {
        write_word(rejected.approval, "rejected", rejected.actor, rejected.reason, rejected.at);
        data = {{"approval_uid", rejected.approval.str()}, {"state", "rejected"}};
    }
    put_text(data, "note", rejected.reason);
    event(line_of(rejected.at, rejected.run, rejected.approval, "run.rejected", rejected.actor,
                  std::move(data)));
}

void RecordWriter::record(const engine::ApprovalVoided& voided) {
    write_word(voided.approval, "voided", "", voided.reason, voided.at);
    event({voided.at, "approval", voided.approval.str(), "approval.voided", "",
           json{{"approval_uid", voided.approval.str()}, {"note", voided.reason}, {"state", "voided"}}});
}

}  // namespace runbookd::store
