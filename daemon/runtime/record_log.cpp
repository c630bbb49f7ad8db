#include "runtime/record_log.hpp"

#include <string>

namespace runbookd::runtime {
namespace {

using log::Fields;
using log::Level;
using log::Log;

void add_if(Fields& fields, std::string_view name, const std::string& value) {
    if (!value.empty()) fields.emplace_back(name, value);
}

void write(const Log& log, const engine::RevisionEffective& r) {
    log.event(Level::info, "revision.effective",
              {{"runbook", r.runbook}, {"revision", std::to_string(r.revision)}});
}
void write(const Log& log, const engine::RevisionRetired& r) {
    log.event(Level::info, "revision.retired", {{"runbook", r.runbook}});
}
void write(const Log& log, const engine::RunPlanned& r) {
    Fields fields{{"run", r.run.str()}, {"runbook", r.runbook}, {"trigger", std::string(to_text(r.trigger))}};
    if (r.nominal) fields.emplace_back("nominal", format_utc(*r.nominal));
    add_if(fields, "actor", r.actor);
    log.event(Level::info, "run.planned", fields);
}
void write(const Log& log, const engine::RunStarted& r) {
    log.event(Level::info, "run.started",
              {{"run", r.run.str()},
               {"targets", std::to_string(r.targets.size())},
               {"excluded", std::to_string(r.exclusions.size())}});
}
void write(const Log& log, const engine::RunFinished& r) {
    Fields fields{{"run", r.run.str()}, {"status", std::string(to_text(r.status))}};
    add_if(fields, "reason", r.reason);
    log.event(r.status == engine::RunStatus::completed ? Level::info : Level::warning, "run.finished",
              fields);
}
void write(const Log& log, const engine::TargetDecided& r) {
    Fields fields{{"run", r.run.str()},
                  {"device", r.device.str()},
                  {"disposition", std::string(to_text(r.disposition))}};
    add_if(fields, "reason", r.reason);
    add_if(fields, "message", r.message);
    const bool is_good =
        r.disposition == engine::Disposition::succeeded || r.disposition == engine::Disposition::skipped;
    log.event(is_good ? Level::debug : Level::warning, "target.decided", fields);
}
void write(const Log& log, const engine::JobCreated& r) {
    log.event(Level::debug, "job.created",
              {{"job", r.job.str()}, {"run", r.run.str()}, {"device", r.device.str()}});
}
void write(const Log& log, const engine::JobChanged& r) {
    Fields fields{{"job", r.job.str()}};
    if (r.datto_job) fields.emplace_back("datto_job", r.datto_job->str());
    add_if(fields, "reason", r.reason);
    add_if(fields, "message", r.message);
    log.event(Level::debug, "job." + std::string(to_text(r.status)), fields);
}
void write(const Log& log, const engine::JobLate& r) {
    log.event(Level::info, "job.late", {{"job", r.job.str()}, {"late_status", r.late_status}});
}
void write(const Log& log, const engine::OccurrenceDecided& r) {
    Fields fields{{"runbook", r.runbook},
                  {"nominal", format_utc(r.nominal)},
                  {"count", std::to_string(r.count)},
                  {"verdict", std::string(to_text(r.verdict))}};
    add_if(fields, "reason", r.reason);
    log.event(r.verdict == engine::Verdict::on_time ? Level::debug : Level::warning, "occurrence.decided",
              fields);
}
void write(const Log& log, const engine::Noted& r) {
    Fields fields{{r.subject, r.subject_uid}};
    add_if(fields, "actor", r.actor);
    for (const auto& [key, value] : r.data) fields.emplace_back(key, value);
    const bool is_routine = r.subject == "daemon" || r.kind == "account.recovered";
    log.event(is_routine ? Level::info : Level::warning, r.kind, fields);
}

}  // namespace

void log_record(const Log& log, const engine::Record& record) {
    std::visit([&](const auto& fact) { write(log, fact); }, record);
}

}  // namespace runbookd::runtime
