#include "store/record_writer.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include "base/sha256.hpp"
#include "store/event_data.hpp"
#include "store/event_fields.hpp"
#include "store/run_scope.hpp"

namespace runbookd::store {

using nlohmann::json;

namespace {

/// The books of a run, from the columns that begin at `first`.
void put_counts(json& data, const Execution& row, int first) {
    constexpr std::array kCounts{"targets", "succeeded", "warning", "failed",    "timeout",
                                 "expired", "skipped",   "halted",  "cancelled", "unknown"};
    for (std::size_t i = 0; i < kCounts.size(); ++i)
        data[kCounts[i]] = row.integer(first + static_cast<int>(i));
}

/// Empty where nothing is known.
std::string hex_of(const Execution& row, int column) {
    const auto hash = row.optional_hash(column);
    return hash ? to_hex(*hash) : std::string();
}

}  // namespace

RecordWriter::RecordWriter(Connection& connection) : connection_(connection), chain_(connection) {
    connection_.prepare("write_");
}

void RecordWriter::write(const engine::Record& record_of_any_kind) {
    std::visit([this](const auto& one) { record(one); }, record_of_any_kind);
}

std::int64_t RecordWriter::id_of(const RunUid& run, std::string_view kind) {
    constexpr std::size_t kMostRemembered = 1000;
    if (const auto known = run_ids_.find(run); known != run_ids_.end()) return known->second;
    auto find = use("write_run_id");
    if (!find.bind(":run", run.str()).step())
        throw ContradictingRecord(std::string(kind) + ": run " + run.str() + " was never planned");
    if (run_ids_.size() >= kMostRemembered) run_ids_.clear();
    return run_ids_[run] = find.integer(0);
}

void RecordWriter::record(const engine::RevisionEffective& revision) {
    use("write_revision_end").bind(":runbook", revision.runbook).bind(":at", revision.at).step();
    const auto hash = sha256_hex(revision.yaml);
    auto insert = use("write_revision");
    insert.bind(":runbook", revision.runbook).bind(":revision", revision.revision).bind(":at", revision.at);
    insert.bind(":sha256", hash).bind(":yaml", revision.yaml).bind(":resolved", revision.resolved);
    insert.bind(":actor", revision.actor).bind(":note", revision.note);
    insert.bind(":account", revision.account).run();
    json data{{"revision", revision.revision},
              {"sha256", hash},
              {"resolved_sha256", to_hex(sha256(revision.resolved))}};
    put_text(data, "account", revision.account);
    put_text(data, "note", revision.note);
    event({revision.at, "runbook", revision.runbook, "revision.effective", revision.actor, std::move(data)});
}

void RecordWriter::record(const engine::RevisionRetired& revision) {
    auto end = use("write_revision_end");
    end.bind(":runbook", revision.runbook).bind(":at", revision.at);
    if (!end.step())
        throw ContradictingRecord("revision.retired: runbook " + revision.runbook + " has no text in force");
    json data{{"revision", end.integer(0)}};
    event({revision.at, "runbook", revision.runbook, "revision.retired", revision.actor, std::move(data)});
}

void RecordWriter::record(const engine::ZoneRulesSeen& seen) {
    auto insert = use("write_zone_rules");
    insert.bind(":digest", seen.rules->digest).bind(":name", seen.rules->name).bind(":at", seen.at);
    insert.bind(":tzdata_version", seen.rules->tzdata_version);
    insert.bind_blob(":tzif", *seen.rules->tzif).run();
    json data{{"digest", seen.rules->digest}, {"tzdata", seen.rules->tzdata_version}};
    event({seen.at, "zone", seen.rules->name, "zone.rules", "", std::move(data)});
}

void RecordWriter::record(const engine::PauseSet& pause) {
    const auto scope = pause.scope.text();
    // A pause that is set again is replaced: the one before ends at the same instant.
    use("write_pause_end").bind(":scope", scope).bind(":at", pause.at).bind(":actor", pause.actor).run();
    auto insert = use("write_pause");
    insert.bind(":scope", scope).bind(":at", pause.at).bind(":until", pause.until);
    insert.bind(":reason", pause.reason).bind(":actor", pause.actor).run();
    json data{{"reason", pause.reason}};
    put_time(data, "until", pause.until);
    event({pause.at, "pause", scope.empty() ? "all" : scope, "pause.set", pause.actor, std::move(data)});
}

void RecordWriter::record(const engine::PauseEnded& pause) {
    const auto scope = pause.scope.text();
    auto end = use("write_pause_end");
    end.bind(":scope", scope).bind(":at", pause.at).bind(":actor", pause.actor);
    if (end.run() != 1) throw ContradictingRecord("pause.ended: " + pause.scope.words() + " was not paused");
    event({pause.at, "pause", scope.empty() ? "all" : scope, "pause.ended", pause.actor, json::object()});
}

void RecordWriter::record(const engine::OccurrencesVoided& voided) {
    auto update = use("write_occurrences_voided");
    update.bind(":runbook", voided.runbook).bind(":zone", voided.zone).bind(":after", voided.after);
    update.bind(":customer", voided.customer);
    json data{{"runbook", voided.runbook}, {"rows", update.bind(":at", voided.at).run()}};
    put_text(data, "zone", voided.zone);
    put_text(data, "customer", voided.customer);
    put_time(data, "after", voided.after);
    event({voided.at, "occurrence", voided.runbook, "occurrence.voided", "", std::move(data)});
}

void RecordWriter::record(const engine::RunPlanned& run) {
    const auto trigger = engine::to_text(run.trigger);
    auto insert = use("write_run");
    insert.bind(":run", run.run.str()).bind(":runbook", run.runbook).bind(":revision", run.revision);
    insert.bind(":account", run.account).bind(":zone", run.zone).bind(":trigger", trigger);
    insert.bind(":cause_uid", run.cause);
    insert.bind(":customer", run.customer).bind(":group", run.group);
    insert.bind(":actor", run.actor).bind(":note", run.note).bind(":scope", scope_to_json(run.scope));
    insert.bind(":overrides", overrides_to_json(run.overrides));
    insert.bind(":narrowed", std::int64_t{run.scope.narrows() ? 1 : 0});
    insert.bind(":nominal_at", run.nominal).bind(":starts_at", run.starts_at);
    insert.bind(":caught_up", std::int64_t{run.caught_up ? 1 : 0});
    insert.bind(":window_end", run.window_end).bind(":at", run.at).run();
    if (run.key) {
        auto key = use("write_request_key");
        key.bind(":actor", run.actor).bind(":key", run.key->key).bind(":request", run.key->request);
        key.bind(":run", run.run.str()).bind(":at", run.at).run();
    }
    if (!run.approval.empty())
        use("write_approval_run").bind(":approval", run.approval.str()).bind(":run", run.run.str()).run();
    json data{{"runbook", run.runbook}, {"account", run.account}, {"trigger", std::string(trigger)}};
    put_text(data, "approval_uid", run.approval.str());
    put_integer(data, "revision", run.revision);
    put_text(data, "zone", run.zone);
    put_text(data, "cause_uid", run.cause);
    put_text(data, "customer", run.customer);
    put_text(data, "group_uid", run.group);
    put_text(data, "note", run.note);
    put_time(data, "nominal_at", run.nominal);
    put_time(data, "starts_at", run.starts_at);
    put_time(data, "window_end", run.window_end);
    if (run.caught_up) data["caught_up"] = true;
    event({run.at, "run", run.run.str(), "run.planned", run.actor, std::move(data)});
}

void RecordWriter::record(const engine::RunStarted& run) {
    const auto id = id_of(run.run, "run.started");
    for (const auto& target : run.targets) {
        auto insert = use("write_target");
        insert.bind(":run", id).bind(":device", target.device.str()).bind(":site_uid", target.site_uid.str());
        insert.bind(":site_name", target.site_name.str()).bind(":hostname", target.hostname);
        insert.bind(":wave", target.wave).bind(":online", std::int64_t{target.online ? 1 : 0});
        insert.bind(":last_seen_at", target.last_seen).bind(":customer", target.customer.str()).run();
    }
    for (const auto& out : run.exclusions) {
        auto insert = use("write_exclusion");
        insert.bind(":run", id).bind(":device", out.device.str()).bind(":hostname", out.hostname);
        insert.bind(":site_name", out.site_name.str()).bind(":rule", out.rule);
        insert.bind(":reason", out.reason.str()).run();
    }
    auto start = use("write_run_start");
    start.bind(":run", run.run.str()).bind(":at", run.at).bind(":tolerated", run.tolerated);
    if (start.run() != 1) {
        throw ContradictingRecord("run.started: run " + run.run.str() + " has started already");
    }
    const auto online = std::count_if(run.targets.begin(), run.targets.end(),
                                      [](const engine::TargetRow& target) { return target.online; });
    json data{{"targets", run.targets.size()}, {"online", online}, {"excluded", run.exclusions.size()}};
    event({run.at, "run", run.run.str(), "run.started", "", std::move(data)});
}

void RecordWriter::record(const engine::WaveStarted& wave) {
    auto start = use("write_wave_start");
    start.bind(":run", wave.run.str()).bind(":wave", wave.wave);
    if (start.run() != 1)
        throw ContradictingRecord("run.wave_started: run " + wave.run.str() + " is not under way");
    event({wave.at, "run", wave.run.str(), "run.wave_started", wave.actor, json{{"wave", wave.wave}}});
}

void RecordWriter::record(const engine::RunWaiting& run) {
    auto wait = use("write_run_waiting");
    wait.bind(":run", run.run.str()).bind(":reason", run.reason).bind(":until", run.until);
    wait.bind(":unapproved", std::int64_t{run.is_unapproved ? 1 : 0});
    if (wait.run() != 1) throw ContradictingRecord("run.waiting: run " + run.run.str() + " is not under way");
    json data{{"reason", run.reason}, {"next_wave", run.next_wave}};
    put_time(data, "until", run.until);
    event({run.at, "run", run.run.str(), "run.waiting", "", std::move(data)});
}

void RecordWriter::record(const engine::TargetMoved& target) {
    auto move = use("write_target_move");
    move.bind(":run", target.run.str()).bind(":device", target.device.str()).bind(":wave", target.wave);
    if (move.run() != 1)
        throw ContradictingRecord("target.moved: run " + target.run.str() + " has no target " +
                                  target.device.str());
    json data{{"run_uid", target.run.str()}, {"device_uid", target.device.str()}, {"wave", target.wave}};
    event({target.at, "target", target.run.str() + "/" + target.device.str(), "target.moved", "",
           std::move(data)});
}

void RecordWriter::record(const engine::TargetRetried& target) {
    const std::string disposition(engine::to_text(target.retry.disposition));
    auto retry = use("write_target_retry");
    retry.bind(":run", target.run.str()).bind(":device", target.device.str());
    retry.bind(":next", target.retry.next).bind(":disposition", disposition);
    retry.bind(":reason", target.retry.reason);
    if (retry.run() != 1)
        throw ContradictingRecord("target.retry: run " + target.run.str() + " has no pending target " +
                                  target.device.str());
    json data{{"run_uid", target.run.str()},
              {"device_uid", target.device.str()},
              {"disposition", disposition},
              {"next_at", format_utc(target.retry.next)}};
    put_text(data, "reason", target.retry.reason);
    event({target.at, "target", target.run.str() + "/" + target.device.str(), "target.retry", "",
           std::move(data)});
}

void RecordWriter::record(const engine::TargetStepped& target) {
    auto ended = json::array();
    for (const auto end : target.ended) ended.push_back(std::string(runbook::to_text(end)));
    auto step = use("write_target_step");
    step.bind(":run", target.run.str()).bind(":device", target.device.str());
    step.bind(":ended", ended.dump()).bind(":at", target.at);
    if (step.run() != 1)
        throw ContradictingRecord("target.stepped: run " + target.run.str() + " has no pending target " +
                                  target.device.str());
    json data{{"run_uid", target.run.str()},
              {"device_uid", target.device.str()},
              {"step", target.step},
              {"end", ended.back()},
              {"steps_ended", std::move(ended)}};
    put_text(data, "reason", target.reason);
    put_text(data, "message", target.message);
    event({target.at, "target", target.run.str() + "/" + target.device.str(), "target.stepped", "",
           std::move(data)});
}

void RecordWriter::record(const engine::RunFinished& run) {
    const auto status = engine::to_text(run.status);
    json data{{"status", std::string(status)}};
    put_text(data, "reason", run.reason);
    auto finish = use("write_run_finish");
    finish.bind(":run", run.run.str())
        .bind(":at", run.at)
        .bind(":status", status)
        .bind(":reason", run.reason);
    if (!finish.step()) throw ContradictingRecord("run.finished: run " + run.run.str() + " is not open");
    put_counts(data, finish, 0);
    event({run.at, "run", run.run.str(), "run.finished", "", std::move(data)});
}

void RecordWriter::record(const engine::TargetDecided& target) {
    const auto disposition = engine::to_text(target.disposition);
    const auto run = id_of(target.run, "target.decided");
    auto decide = use("write_target_decision");
    decide.bind(":run", run).bind(":device", target.device.str()).bind(":disposition", disposition);
    decide.bind(":reason", target.reason).bind(":at", target.at);
    if (decide.run() != 1) {
        throw ContradictingRecord("target.decided: run " + target.run.str() + " has no target " +
                                  target.device.str());
    }
    EventData data;
    data.put("disposition", disposition);
    put_text(data, "reason", target.reason);
    put_text(data, "message", target.message);
    auto evidence = use("write_target_evidence");
    evidence.bind(":run", run).bind(":device", target.device.str());
    if (evidence.step()) {
        data.put("job_uid", evidence.text(0));
        put_text(data, "stdout_sha256", hex_of(evidence, 1));
        put_text(data, "stderr_sha256", hex_of(evidence, 2));
    }
    chain_.append(target.at, "target", target.run.str() + "/" + target.device.str(), "target.decided",
                  data.canonical());
}

void RecordWriter::record(const engine::TargetRevised& target) {
    const std::string disposition(engine::to_text(target.disposition));
    auto revise = use("write_target_revision");
    revise.bind(":run", target.run.str()).bind(":device", target.device.str());
    revise.bind(":disposition", disposition).bind(":reason", target.reason).bind(":at", target.at);
    if (revise.run() != 1)
        throw ContradictingRecord("target.revised: " + target.device.str() + " of run " + target.run.str() +
                                  " is not unknown, or was revised");
    json data{{"run_uid", target.run.str()},
              {"device_uid", target.device.str()},
              {"disposition", disposition},
              {"job_uid", target.job.str()}};
    put_text(data, "reason", target.reason);
    put_text(data, "message", target.message);
    auto evidence = use("write_job_evidence");
    evidence.bind(":job", target.job.str());
    if (evidence.step()) {
        put_text(data, "stdout_sha256", hex_of(evidence, 0));
        put_text(data, "stderr_sha256", hex_of(evidence, 1));
    }
    event({target.at, "target", target.run.str() + "/" + target.device.str(), "target.revised", target.actor,
           std::move(data)});
    auto follow = use("write_run_revision");
    follow.bind(":run", target.run.str());
    if (!follow.step()) return;  // it is open
    json books{{"status", follow.text(0)}};
    put_counts(books, follow, 1);
    event({target.at, "run", target.run.str(), "run.revised", target.actor, std::move(books)});
}

void RecordWriter::record(const engine::OccurrenceDecided& occurrence) {
    const auto verdict = engine::to_text(occurrence.verdict);
    const auto bind_to = [&](Execution& statement) {
        statement.bind(":runbook", occurrence.runbook).bind(":revision", occurrence.revision);
        statement.bind(":zone", occurrence.zone).bind(":nominal", occurrence.nominal);
        statement.bind(":customer", occurrence.customer);
        statement.bind(":until", occurrence.until).bind(":count", occurrence.count);
        statement.bind(":verdict", verdict).bind(":reason", occurrence.reason);
    };
    auto extend = use("write_occurrence_neighbour");
    bind_to(extend);
    if (occurrence.run || extend.run() == 0) {
        auto insert = use("write_occurrence");
        bind_to(insert);
        insert.bind(":run", occurrence.run ? std::optional(occurrence.run->str()) : std::nullopt);
        insert.bind(":at", occurrence.at).run();
    }
    json data{{"runbook", occurrence.runbook},
              {"revision", occurrence.revision},
              {"count", occurrence.count},
              {"verdict", std::string(verdict)}};
    put_text(data, "zone", occurrence.zone);
    put_text(data, "customer", occurrence.customer);
    put_text(data, "reason", occurrence.reason);
    put_time(data, "nominal_at", occurrence.nominal);
    put_time(data, "nominal_until", occurrence.until);
    if (occurrence.run) data["run_uid"] = occurrence.run->str();
    event({occurrence.at, "occurrence", occurrence.runbook + "@" + format_utc(occurrence.nominal),
           "occurrence.decided", "", std::move(data)});
}

void RecordWriter::record(const engine::Noted& note) {
    json data = json::object();
    for (const auto& [key, value] : note.data) data[key] = value;
    event({note.at, note.subject, note.subject_uid, note.kind, note.actor, std::move(data)});
}

}  // namespace runbookd::store
