// The part of RecordWriter that is about jobs.
#include "store/collected_rows.hpp"
#include "store/event_fields.hpp"
#include "store/output_rows.hpp"
#include "store/record_writer.hpp"
#include "store/run_scope.hpp"

namespace runbookd::store {
namespace {

using nlohmann::json;

std::optional<std::string> unless_empty(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return text;
}

void bind_output(Execution& update, const std::string& stream, const std::optional<StoredOutput>& output) {
    const auto column = ":" + stream;
    const auto truncated = column + "_truncated";
    if (output) {
        update.bind(column.c_str(), output->id).bind(truncated.c_str(), output->truncated);
    } else {
        update.bind_null(column.c_str()).bind_null(truncated.c_str());
    }
}

void put_output(json& data, const std::string& stream, const std::optional<StoredOutput>& output) {
    if (!output) return;
    data[stream + "_sha256"] = to_hex(output->hash);
    if (output->truncated != 0) data[stream + "_truncated"] = true;
}

}  // namespace

void RecordWriter::record(const engine::JobCreated& job) {
    const auto variables = variables_to_json(job.variables);
    auto insert = use("write_job");
    insert.bind(":job", job.job.str()).bind(":run", job.run.str()).bind(":device", job.device.str());
    insert.bind(":step", job.step).bind(":attempt", job.attempt).bind(":variables", variables);
    insert.bind(":component_uid", job.component_uid.str()).bind(":component_name", job.component_name);
    insert.bind(":step_name", job.step_name).bind(":steps_after", job.steps_after);
    insert.bind(":at", job.at).run();
    if (job.attempt > 1)
        use("write_target_retried").bind(":run", job.run.str()).bind(":device", job.device.str()).run();
    json data{{"run_uid", job.run.str()},
              {"device_uid", job.device.str()},
              {"step", job.step},
              {"attempt", job.attempt},
              {"component_uid", job.component_uid.str()},
              {"component_name", job.component_name},
              {"variables_sha256", to_hex(sha256(variables))}};
    put_text(data, "step_name", job.step_name);
    event({job.at, "job", job.job.str(), "job.created", "", std::move(data)});
}

void RecordWriter::record(const engine::JobChanged& job) {
    const std::string status(engine::to_text(job.status));
    auto before = use("write_job_status");
    before.bind(":job", job.job.str());
    if (!before.step())
        throw ContradictingRecord("job." + status + ": job " + job.job.str() + " was never created");
    const bool moved = before.text(0) != status;

    const auto out = store_output(connection_, job.out);
    const auto err = store_output(connection_, job.err);
    auto update = use("write_job_change");
    update.bind(":job", job.job.str()).bind(":status", status).bind(":reason", unless_empty(job.reason));
    update.bind(":datto_job", job.datto_job ? std::optional(job.datto_job->str()) : std::nullopt);
    update.bind(":datto_status", unless_empty(job.datto_status)).bind(":warnings", job.warnings);
    update.bind(":exit_code", job.exit_code);
    update.bind(":queued_at", job.queued_at).bind(":started_at", job.started_at);
    update.bind(":ran_at", job.ran_at).bind(":completed_at", job.completed_at);
    bind_output(update, "stdout", out);
    bind_output(update, "stderr", err);
    update.run();

    json data{{"status", status}};
    put_text(data, "reason", job.reason);
    put_text(data, "message", job.message);
    if (job.datto_job) data["datto_job_uid"] = job.datto_job->str();
    put_text(data, "datto_status", job.datto_status);
    put_integer(data, "warnings", job.warnings);
    put_integer(data, "exit_code", job.exit_code);
    put_time(data, "queued_at", job.queued_at);
    put_time(data, "started_at", job.started_at);
    put_time(data, "ran_at", job.ran_at);
    put_time(data, "completed_at", job.completed_at);
    put_output(data, "stdout", out);
    put_output(data, "stderr", err);
    store_collected(connection_, job.job, job.collected, data);
    // More was learned about a job that stays where it was: no status change, so not the event of one.
    event({job.at, "job", job.job.str(), moved ? "job." + status : "job.updated", "", std::move(data)});
}

void RecordWriter::record(const engine::JobFound& job) {
    auto update = use("write_job_found");
    update.bind(":job", job.job.str()).bind(":datto_job", job.datto_job.str()).bind(":at", job.at);
    if (update.run() != 1) throw ContradictingRecord("job.found: job " + job.job.str() + " was not lost");
    json data{{"datto_job_uid", job.datto_job.str()}};
    event({job.at, "job", job.job.str(), "job.found", "", std::move(data)});
}

void RecordWriter::record(const engine::JobLate& job) {
    const auto out = store_output(connection_, job.out);
    const auto err = store_output(connection_, job.err);
    auto update = use("write_job_late");
    update.bind(":job", job.job.str()).bind(":late_status", job.late_status).bind(":at", job.at);
    update.bind(":datto_status", unless_empty(job.datto_status)).bind(":ran_at", job.ran_at);
    bind_output(update, "stdout", out);
    bind_output(update, "stderr", err);
    if (update.run() != 1) throw ContradictingRecord("job.late: job " + job.job.str() + " was never created");

    json data{{"late_status", job.late_status}};
    put_text(data, "datto_status", job.datto_status);
    put_time(data, "ran_at", job.ran_at);
    put_output(data, "stdout", out);
    put_output(data, "stderr", err);
    store_collected(connection_, job.job, job.collected, data);
    event({job.at, "job", job.job.str(), "job.late", "", std::move(data)});
}

}  // namespace runbookd::store
