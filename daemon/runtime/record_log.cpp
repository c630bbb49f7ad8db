#include "runtime/record_log.hpp"

#include <string_view>
#include <variant>

namespace runbookd::runtime {
namespace {

using log::Fields;
using log::Level;

void add_if(Fields& fields, std::string_view name, const std::string& value) {
    if (!value.empty()) fields.emplace_back(name, value);
}

LogLine line_of(const engine::RevisionEffective& r) {
    return {Level::info,
            "revision.effective",
            {{"runbook", r.runbook}, {"revision", std::to_string(r.revision)}}};
}
LogLine line_of(const engine::RevisionRetired& r) {
    return {Level::info, "revision.retired", {{"runbook", r.runbook}}};
}
LogLine line_of(const engine::ZoneRulesSeen& r) {
    return {Level::debug,
            "zone.rules",
            {{"zone", r.rules->name}, {"digest", r.rules->digest}, {"tzdata", r.rules->tzdata_version}}};
}
LogLine line_of(const engine::PauseSet& r) {
    Fields fields{{"scope", r.scope.text().empty() ? "all" : r.scope.text()}, {"until", format_utc(r.until)}};
    add_if(fields, "actor", r.actor);
    add_if(fields, "reason", r.reason);
    return {Level::info, "pause.set", fields};
}
LogLine line_of(const engine::PauseEnded& r) {
    Fields fields{{"scope", r.scope.text().empty() ? "all" : r.scope.text()}};
    add_if(fields, "actor", r.actor);
    return {Level::info, "pause.ended", fields};
}
LogLine line_of(const engine::OccurrencesVoided& r) {
    return {Level::warning, "occurrence.voided", {{"runbook", r.runbook}, {"after", format_utc(r.after)}}};
}
LogLine line_of(const engine::RunPlanned& r) {
    Fields fields{{"run", r.run.str()}, {"runbook", r.runbook}, {"trigger", std::string(to_text(r.trigger))}};
    if (r.nominal) fields.emplace_back("nominal", format_utc(*r.nominal));
    add_if(fields, "customer", r.customer);
    add_if(fields, "actor", r.actor);
    return {Level::info, "run.planned", fields};
}
LogLine line_of(const engine::RunStarted& r) {
    return {Level::info,
            "run.started",
            {{"run", r.run.str()},
             {"targets", std::to_string(r.targets.size())},
             {"excluded", std::to_string(r.exclusions.size())}}};
}
LogLine line_of(const engine::WaveStarted& r) {
    Fields fields{{"run", r.run.str()}, {"wave", std::to_string(r.wave)}};
    add_if(fields, "actor", r.actor);
    return {Level::info, "run.wave_started", fields};
}
LogLine line_of(const engine::RunWaiting& r) {
    Fields fields{{"run", r.run.str()}, {"next_wave", std::to_string(r.next_wave)}, {"reason", r.reason}};
    if (r.until) fields.emplace_back("until", format_utc(*r.until));
    return {Level::info, "run.waiting", fields};
}
LogLine line_of(const engine::TargetMoved& r) {
    return {Level::debug,
            "target.moved",
            {{"run", r.run.str()}, {"device", r.device.str()}, {"wave", std::to_string(r.wave)}}};
}
LogLine line_of(const engine::TargetRetried& r) {
    Fields fields{{"run", r.run.str()},
                  {"device", r.device.str()},
                  {"after", std::string(to_text(r.retry.disposition))},
                  {"next", format_utc(r.retry.next)}};
    add_if(fields, "reason", r.retry.reason);
    return {Level::info, "target.retry", fields};
}
LogLine line_of(const engine::TargetStepped& r) {
    Fields fields{{"run", r.run.str()},
                  {"device", r.device.str()},
                  {"step", r.step},
                  {"end", std::string(runbook::to_text(r.ended.back()))}};
    add_if(fields, "reason", r.reason);
    add_if(fields, "message", r.message);
    return {runbook::is_bad(r.ended.back()) ? Level::warning : Level::debug, "target.stepped", fields};
}
LogLine line_of(const engine::RunFinished& r) {
    Fields fields{{"run", r.run.str()}, {"status", std::string(to_text(r.status))}};
    add_if(fields, "reason", r.reason);
    return {r.status == engine::RunStatus::completed ? Level::info : Level::warning, "run.finished", fields};
}
LogLine line_of(const engine::TargetDecided& r) {
    Fields fields{{"run", r.run.str()},
                  {"device", r.device.str()},
                  {"disposition", std::string(to_text(r.disposition))}};
    add_if(fields, "reason", r.reason);
    add_if(fields, "message", r.message);
    const bool is_good =
        r.disposition == engine::Disposition::succeeded || r.disposition == engine::Disposition::skipped;
    return {is_good ? Level::debug : Level::warning, "target.decided", fields};
}
LogLine line_of(const engine::JobCreated& r) {
    return {Level::debug,
            "job.created",
            {{"job", r.job.str()}, {"run", r.run.str()}, {"device", r.device.str()}}};
}
LogLine line_of(const engine::JobChanged& r) {
    Fields fields{{"job", r.job.str()}};
    if (r.datto_job) fields.emplace_back("datto_job", r.datto_job->str());
    add_if(fields, "reason", r.reason);
    add_if(fields, "message", r.message);
    return {Level::debug, "job." + std::string(to_text(r.status)), fields};
}
LogLine line_of(const engine::JobLate& r) {
    return {Level::info, "job.late", {{"job", r.job.str()}, {"late_status", r.late_status}}};
}
LogLine line_of(const engine::JobFound& r) {
    return {Level::info, "job.found", {{"job", r.job.str()}, {"datto_job", r.datto_job.str()}}};
}
LogLine line_of(const engine::TargetRevised& r) {
    Fields fields{{"run", r.run.str()},
                  {"device", r.device.str()},
                  {"disposition", std::string(to_text(r.disposition))}};
    add_if(fields, "reason", r.reason);
    add_if(fields, "message", r.message);
    add_if(fields, "actor", r.actor);
    return {Level::info, "target.revised", fields};
}
/// The run, or what was asked ahead of it.
Fields fields_of(const std::optional<RunUid>& run, const ApprovalUid& approval) {
    if (run) return {{"run", run->str()}};
    return {{"approval", approval.str()}};
}
LogLine line_of(const engine::ApprovalRequested& r) {
    auto fields = fields_of(r.run, r.approval);
    fields.emplace_back("runbook", r.runbook);
    if (r.nominal) fields.emplace_back("nominal", format_utc(*r.nominal));
    fields.emplace_back("devices", std::to_string(r.plan.devices.size()));
    return {Level::warning, "approval.requested", fields};
}
LogLine line_of(const engine::RunApproved& r) {
    auto fields = fields_of(r.run, r.approval);
    add_if(fields, "actor", r.actor);
    add_if(fields, "note", r.note);
    return {Level::info, "run.approved", fields};
}
LogLine line_of(const engine::RunRejected& r) {
    auto fields = fields_of(r.run, r.approval);
    add_if(fields, "actor", r.actor);
    add_if(fields, "reason", r.reason);
    return {Level::warning, "run.rejected", fields};
}
LogLine line_of(const engine::ApprovalVoided& r) {
    return {Level::info, "approval.voided", {{"approval", r.approval.str()}, {"reason", r.reason}}};
}
LogLine line_of(const engine::OccurrenceDecided& r) {
    Fields fields{{"runbook", r.runbook},
                  {"nominal", format_utc(r.nominal)},
                  {"count", std::to_string(r.count)},
                  {"verdict", std::string(to_text(r.verdict))}};
    add_if(fields, "customer", r.customer);
    add_if(fields, "reason", r.reason);
    return {r.verdict == engine::Verdict::on_time ? Level::debug : Level::warning, "occurrence.decided",
            fields};
}
LogLine line_of(const engine::FleetChanged& r) {
    Fields fields{{"account", r.account},
                  {"devices", std::to_string(r.rows.size())},
                  {"gone", std::to_string(r.gone.size())}};
    return {Level::debug, "fleet.changed", fields};
}
LogLine line_of(const engine::SitesAssigned& r) {
    return {
        Level::info, "customers.sites", {{"account", r.account}, {"sites", std::to_string(r.rows.size())}}};
}
LogLine line_of(const engine::Noted& r) {
    Fields fields{{r.subject, r.subject_uid}};
    add_if(fields, "actor", r.actor);
    for (const auto& [key, value] : r.data) fields.emplace_back(key, value);
    const bool is_trouble = r.kind == "clock.stepped" || r.kind == "clock.held";
    const bool is_routine = (r.subject == "daemon" && !is_trouble) || r.kind == "account.recovered";
    return {is_routine ? Level::info : Level::warning, r.kind, fields};
}

}  // namespace

LogLine log_line(const engine::Record& record) {
    return std::visit([](const auto& fact) { return line_of(fact); }, record);
}

void log_record(const log::Log& log, const engine::Record& record) {
    const auto line = log_line(record);
    log.event(line.level, line.name, line.fields);
}

}  // namespace runbookd::runtime
