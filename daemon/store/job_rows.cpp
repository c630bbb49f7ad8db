// The part of RecordWriter that is about jobs.
#include <algorithm>

#include "base/sha256.hpp"
#include "store/collected_rows.hpp"
#include "store/event_data.hpp"
#include "store/output_rows.hpp"
#include "store/record_writer.hpp"
#include "store/run_scope.hpp"

namespace runbookd::store {
namespace {

struct StreamKeys {
    Parameter output, truncated;             // of the statements
    std::string_view told_sha256, told_cut;  // fields of an event's data
};
constexpr StreamKeys kStdout{":stdout", ":stdout_truncated", "stdout_sha256", "stdout_truncated"};
constexpr StreamKeys kStderr{":stderr", ":stderr_truncated", "stderr_sha256", "stderr_truncated"};

/// NULL where it is empty.
void bind_text(Execution& statement, Parameter name, const std::string& text) {
    if (text.empty())
        statement.bind_null(name);
    else
        statement.bind(name, text);
}

void bind_output(Execution& update, const StreamKeys& keys, const std::optional<StoredOutput>& output) {
    if (output) {
        update.bind(keys.output, output->id).bind(keys.truncated, output->truncated);
    } else {
        update.bind_null(keys.output).bind_null(keys.truncated);
    }
}

const Sha256& hash_of_empty() {
    static const auto kHash = sha256("");
    return kHash;
}

void put_output(EventData& data, const StreamKeys& keys, const std::optional<StoredOutput>& output) {
    if (!output) return;
    // Most jobs leave stderr empty.
    data.put(keys.told_sha256, output->hash == hash_of_empty() ? "" : to_hex(output->hash));
    if (output->truncated != 0) data.put(keys.told_cut, true);
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// What a component was called with, where it is short; else its hash.
void put_variables(EventData& data, const std::string& variables) {
    constexpr std::size_t kLongest = 64;  // a hash takes more
    if (variables == "{}") return;
    if (variables.size() <= kLongest && is_ascii(variables))
        data.put_json("variables", variables);
    else
        data.put("variables_sha256", sha256_hex(variables));
}

/// The instant that a job's arrival in `status` is.
std::string_view time_of_arrival(engine::JobStatus status) {
    switch (status) {
        case engine::JobStatus::created: return {};
        case engine::JobStatus::queued: return "queued_at";
        case engine::JobStatus::running: return "started_at";
        case engine::JobStatus::completed:
        case engine::JobStatus::failed:
        case engine::JobStatus::timeout: return "completed_at";
    }
    return {};
}

/// What of the times cannot be told from the event itself: its own is that of the arrival, and a job starts
/// when Datto says that it ran. '' says that such a time is not known. See docs/audit.md.
void put_times(EventData& data, const engine::JobChanged& job, bool moved) {
    const auto arrival = moved ? time_of_arrival(job.status) : std::string_view();
    const auto put = [&](std::string_view key, std::optional<UtcTime> time) {
        auto told = key == arrival ? std::optional(job.at) : std::nullopt;
        if (moved && !told && key == "started_at") told = job.ran_at;
        if (told && !time) return data.put(key, "");
        if (time != told) put_time(data, key, time);
    };
    put("queued_at", job.queued_at);
    put("started_at", job.started_at);
    put("completed_at", job.completed_at);
    put_time(data, "ran_at", job.ran_at);
}

}  // namespace

void RecordWriter::record(const engine::JobCreated& job) {
    const auto variables = variables_to_json(job.variables);
    auto insert = use("write_job");
    insert.bind(":job", job.job.str()).bind(":run", id_of(job.run, "job.created"));
    insert.bind(":device", job.device.str());
    insert.bind(":step", job.step).bind(":attempt", job.attempt).bind(":variables", variables);
    insert.bind(":component_uid", job.component_uid.str()).bind(":component_name", job.component_name);
    bind_text(insert, ":step_name", job.step_name);
    insert.bind(":steps_after", job.steps_after);
    insert.bind(":at", job.at).run();
    if (job.attempt > 1)
        use("write_target_retried").bind(":run", job.run.str()).bind(":device", job.device.str()).run();
    EventData data;
    data.put("run_uid", job.run.str());
    data.put("device_uid", job.device.str());
    if (job.step != 1) data.put("step", job.step);
    if (job.attempt != 1) data.put("attempt", job.attempt);
    put_text(data, "step_name", job.step_name);
    data.put("component_uid", job.component_uid.str());
    data.put("component_name", job.component_name);
    put_variables(data, variables);
    chain_.append(job.at, "job", job.job.str(), "job.created", data.canonical());
}

void RecordWriter::record(const engine::JobChanged& job) {
    const std::string status(engine::to_text(job.status));
    const auto out = store_output(connection_, job.out);
    const auto err = store_output(connection_, job.err);
    const auto update_job = [&](bool moves) {
        auto update = use(out || err ? "write_job_outputs" : "write_job_change");
        update.bind(":job", job.job.str()).bind(":status", status).bind(":moved", std::int64_t{moves});
        bind_text(update, ":reason", job.reason);
        bind_text(update, ":datto_status", job.datto_status);
        update.bind(":datto_job", job.datto_job ? std::optional(job.datto_job->str()) : std::nullopt);
        update.bind(":warnings", job.warnings).bind(":exit_code", job.exit_code);
        update.bind(":queued_at", job.queued_at).bind(":started_at", job.started_at);
        update.bind(":ran_at", job.ran_at).bind(":completed_at", job.completed_at);
        if (out || err) {
            bind_output(update, kStdout, out);
            bind_output(update, kStderr, err);
        }
        return update.run() == 1;
    };
    const bool moved = update_job(true);
    if (!moved && !update_job(false))
        throw ContradictingRecord("job." + status + ": job " + job.job.str() + " was never created");

    EventData data;
    // More was learned about a job that stays where it was: no status change, so not the event of one.
    if (!moved) data.put("status", status);
    put_text(data, "reason", job.reason);
    put_text(data, "message", job.message);
    if (job.datto_job) data.put("datto_job_uid", job.datto_job->str());
    put_text(data, "datto_status", job.datto_status);
    put_integer(data, "warnings", job.warnings);
    put_integer(data, "exit_code", job.exit_code);
    put_times(data, job, moved);
    put_output(data, kStdout, out);
    put_output(data, kStderr, err);
    store_collected(connection_, job.job, job.collected, data);
    chain_.append(job.at, "job", job.job.str(), moved ? "job." + status : "job.updated", data.canonical());
}

void RecordWriter::record(const engine::JobFound& job) {
    auto update = use("write_job_found");
    update.bind(":job", job.job.str()).bind(":datto_job", job.datto_job.str()).bind(":at", job.at);
    if (update.run() != 1) throw ContradictingRecord("job.found: job " + job.job.str() + " was not lost");
    EventData data;
    data.put("datto_job_uid", job.datto_job.str());
    chain_.append(job.at, "job", job.job.str(), "job.found", data.canonical());
}

void RecordWriter::record(const engine::JobLate& job) {
    const auto out = store_output(connection_, job.out);
    const auto err = store_output(connection_, job.err);
    auto update = use("write_job_late");
    update.bind(":job", job.job.str()).bind(":late_status", job.late_status).bind(":at", job.at);
    bind_text(update, ":datto_status", job.datto_status);
    update.bind(":ran_at", job.ran_at);
    bind_output(update, kStdout, out);
    bind_output(update, kStderr, err);
    if (update.run() != 1) throw ContradictingRecord("job.late: job " + job.job.str() + " was never created");

    EventData data;
    data.put("late_status", job.late_status);
    put_text(data, "datto_status", job.datto_status);
    put_time(data, "ran_at", job.ran_at);
    put_output(data, kStdout, out);
    put_output(data, kStderr, err);
    store_collected(connection_, job.job, job.collected, data);
    chain_.append(job.at, "job", job.job.str(), "job.late", data.canonical());
}

}  // namespace runbookd::store
