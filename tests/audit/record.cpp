#include "audit/record.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <stdexcept>

#include "catch.hpp"

namespace runbookd::audit_test {
namespace {

using namespace store_test;

constexpr const char* kDropTriggers =
    "DROP TRIGGER IF EXISTS events_are_never_changed; DROP TRIGGER IF EXISTS events_are_never_removed;"
    "DROP TRIGGER IF EXISTS events_follow_each_other; DROP TRIGGER IF EXISTS checkpoints_are_never_changed;"
    "DROP TRIGGER IF EXISTS checkpoints_are_never_removed; DROP TRIGGER IF EXISTS "
    "checkpoints_are_of_an_event;"
    "DROP TRIGGER IF EXISTS targets_are_decided_once; DROP TRIGGER IF EXISTS targets_are_kept;"
    "DROP TRIGGER IF EXISTS jobs_status_moves_on; DROP TRIGGER IF EXISTS runs_status_moves_on;"
    "DROP TRIGGER IF EXISTS targets_are_rebooked; DROP TRIGGER IF EXISTS jobs_end_late_once;"
    "DROP TRIGGER IF EXISTS jobs_after_window_are_noted;"
    "DROP TRIGGER IF EXISTS pruned_ranges_tell_the_truth;"
    "DROP TRIGGER IF EXISTS pruned_ranges_are_never_changed;"
    "DROP TRIGGER IF EXISTS pruned_ranges_are_never_removed;"
    "DROP TRIGGER IF EXISTS events_are_removed_by_retention;"
    "DROP TRIGGER IF EXISTS occurrences_are_removed_by_retention;"
    "DROP TRIGGER IF EXISTS targets_are_removed_by_retention;"
    "DROP TRIGGER IF EXISTS jobs_are_removed_by_retention;"
    "DROP TRIGGER IF EXISTS exclusions_are_removed_by_retention;"
    "DROP TRIGGER IF EXISTS runs_are_removed_by_retention;"
    "DROP TRIGGER IF EXISTS outputs_are_removed_by_retention;"
    "DROP TRIGGER IF EXISTS outputs_are_never_changed;"
    "DROP TRIGGER IF EXISTS outputs_of_jobs_are_removed_by_retention;"
    "DROP TRIGGER IF EXISTS collected_rows_are_never_changed;"
    "DROP TRIGGER IF EXISTS collected_rows_are_removed_by_retention;";

std::string text_of(BIO* bio) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

engine::JobChanged ended(const std::string& job, engine::JobStatus status, const std::string& out,
                         const std::string& err = {}) {
    auto change = changed(status, job);
    change.datto_status = status == engine::JobStatus::completed ? "Success" : "Failure";
    change.reason = status == engine::JobStatus::completed ? "" : "datto_failure";
    change.started_at = at(25'000);
    change.ran_at = at(24'000);
    change.completed_at = at(30'000);
    change.out = engine::OutputText{out, false};
    if (!err.empty()) change.err = engine::OutputText{err, false};
    change.at = at(30'000);
    return change;
}

engine::Batch first_run() {
    auto plan = planned("01RUN1");
    plan.customer = "acme";
    plan.trigger = engine::Trigger::schedule;
    plan.nominal = at();
    auto start = started(3, "01RUN1");
    for (auto& target : start.targets) target.customer = SharedText("acme");
    start.exclusions.push_back({DeviceUid("d9"), "ACME-LAB-9", SharedText("Acme HQ"), "exclude",
                                SharedText("targets.exclude[0]: {hostname: *-LAB-*}")});
    auto queued = changed(engine::JobStatus::queued, "01JOB1");
    queued.datto_job = DattoJobUid("datto-1");
    queued.queued_at = at(22'000);
    queued.at = at(22'000);
    engine::OccurrenceDecided verdict;
    verdict.runbook = "clean";
    verdict.revision = 1;
    verdict.zone = "Europe/Berlin";
    verdict.customer = "acme";
    verdict.nominal = verdict.until = at();
    verdict.count = 1;
    verdict.verdict = engine::Verdict::on_time;
    verdict.run = RunUid("01RUN1");
    verdict.at = at(10);
    auto skipped = decided(engine::Disposition::skipped, "d3", "01RUN1");
    skipped.reason = "offline";
    auto failed = decided(engine::Disposition::failed, "d2", "01RUN1");
    failed.reason = "datto_failure";
    auto end = finished("01RUN1");
    end.status = engine::RunStatus::failed;
    end.at = at(31'000);
    return {revision(),
            plan,
            start,
            verdict,
            created("01JOB1", "d1", "01RUN1"),
            created("01JOB2", "d2", "01RUN1"),
            queued,
            ended("01JOB1", engine::JobStatus::completed, "Deleted 12 files\n"),
            decided(engine::Disposition::succeeded, "d1", "01RUN1"),
            ended("01JOB2", engine::JobStatus::failed, "no r\xFCm\n", "access denied\n"),
            failed,
            skipped,
            end};
}

engine::Batch second_run() {
    auto plan = planned("01RUN2");
    plan.customer = "birch";
    plan.note = "by hand";
    plan.at = at(60'000);
    auto start = started(2, "01RUN2");
    for (auto& target : start.targets) target.customer = SharedText("birch");
    start.at = at(60'010);
    auto lost = changed(engine::JobStatus::failed, "01JOB4");
    lost.reason = "unknown_dispatch";
    lost.at = at(90'000);
    auto unknown = decided(engine::Disposition::unknown, "d2", "01RUN2");
    unknown.reason = "unknown_dispatch";
    unknown.at = at(90'000);
    auto end = finished("01RUN2");
    end.status = engine::RunStatus::failed;
    end.at = at(90'000);
    engine::TargetRevised revised;
    revised.run = RunUid("01RUN2");
    revised.device = DeviceUid("d2");
    revised.job = JobUid("01JOB4");
    revised.disposition = engine::Disposition::succeeded;
    revised.message = "seen on the device";
    revised.actor = "ben";
    revised.at = at(95'000);
    return {
        plan,
        start,
        created("01JOB3", "d1", "01RUN2"),
        created("01JOB4", "d2", "01RUN2"),
        ended("01JOB3", engine::JobStatus::completed, "Deleted 12 files\n"),
        decided(engine::Disposition::succeeded, "d1", "01RUN2"),
        lost,
        unknown,
        end,
        revised,
        engine::PauseSet{"clean", at(7'200'000), "change freeze", "ana", at(96'000)},
        engine::Noted{"account", "main", "account.throttled", "", {{"why", "429 \"slow\"\n"}}, at(97'000)}};
}

engine::FleetRow fleet_row(const std::string& number, engine::FleetRow::Change change, UtcTime when) {
    engine::Device device;
    device.uid = DeviceUid("d" + number);
    device.hostname = "ACME-" + number;
    device.site_uid = SiteUid("s1");
    device.site_name = "Acme HQ";
    device.os = "Microsoft Windows Server 2022";
    device.device_type = "Server";
    device.device_class = "device";
    device.online = true;
    device.last_seen = at(-60'000);
    return {device, change, when};
}

engine::Batch the_rest() {
    using Change = engine::FleetRow::Change;
    engine::FleetChanged fleet;
    fleet.account = "main";
    fleet.rows = {fleet_row("1", Change::known_before, at(-1000)),
                  fleet_row("2", Change::known_before, at(-1000))};
    fleet.first_list = 2;
    fleet.at = at(98'000);
    const engine::FleetChanged later{
        "main", {fleet_row("3", Change::appeared, at(99'000))}, {DeviceUid("d2")}, std::nullopt, at(99'000)};
    engine::OccurrenceDecided missed;
    missed.runbook = "clean";
    missed.revision = 1;
    missed.zone = "Europe/Berlin";
    missed.customer = "birch";
    missed.nominal = at(-86'400'000);
    missed.until = at();
    missed.count = 2;
    missed.verdict = engine::Verdict::missed;
    missed.reason = "daemon_down";
    missed.at = at(99'500);
    auto again = planned("01RUN3");
    again.trigger = engine::Trigger::retarget;
    again.cause = "01RUN1";
    again.customer = "acme";
    again.at = at(100'000);
    auto start = started(2, "01RUN3");
    for (auto& target : start.targets) target.customer = SharedText("acme");
    start.at = at(100'010);
    return {fleet, later, missed, again, start};
}

}  // namespace

KeyPair make_key_pair() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> secret(BIO_new(BIO_s_mem()), &BIO_free);
    const std::unique_ptr<BIO, decltype(&BIO_free)> open(BIO_new(BIO_s_mem()), &BIO_free);
    if (!key ||
        PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
        PEM_write_bio_PUBKEY(open.get(), key.get()) != 1)
        throw std::runtime_error("no key could be made");
    return {text_of(secret.get()), text_of(open.get())};
}

store::SigningKey signing_key(const KeyPair& pair) {
    auto key = store::SigningKey::from_pem(pair.private_pem);
    REQUIRE(key);
    return *key;
}

void write_record(const std::string& database, std::optional<store::SigningKey> key) {
    OpenStore open(database, {}, std::move(key));
    open.commit(first_run());
    open.commit(second_run());
}

void write_story(const std::string& database, std::optional<store::SigningKey> key) {
    write_record(database, key);
    OpenStore open(database, {}, std::move(key));
    open.commit(the_rest());
}

void write_notes(const std::string& database, int count, std::optional<store::SigningKey> key) {
    OpenStore open(database, {}, std::move(key));
    engine::Batch batch;
    for (int i = 0; i < count; ++i)
        batch.push_back(engine::Noted{
            "daemon", "main", "test.note", "", {{"number", std::to_string(i)}}, at(100'000 + 1000 * i)});
    open.commit(std::move(batch));
}

void tamper(const std::string& database, const std::string& sql) {
    SQLite::Database forger(database, SQLite::OPEN_READWRITE, 1000);
    forger.exec(kDropTriggers + sql);
}

void try_tampering(store::Connection& connection, const std::string& sql, const std::function<void()>& look) {
    connection.database().exec(std::string("BEGIN;") + kDropTriggers + sql);
    look();
    connection.database().exec("ROLLBACK");
}

}  // namespace runbookd::audit_test
