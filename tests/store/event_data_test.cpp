// What events say, and what they leave out.
#include "store/event_data.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <random>

#include "catch.hpp"
#include "store/event_chain.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

using engine::JobStatus;

TEST_CASE("an event's data is the canonical JSON of its fields, in whatever order they come", "[store]") {
    constexpr std::array<const char*, 8> kKeys{"a", "a_b", "aa", "b", "c", "ca", "d", "e"};
    const std::vector<std::string> texts{"",         "plain",        "\"quoted\" \\ and\n\ttabs",
                                         "\xC3\xA4", "broken \xC3(", std::string("nul \0 byte", 10),
                                         "\x7F",     "\x01"};
    std::mt19937 random(7);
    for (int round = 0; round < 500; ++round) {
        auto keys = kKeys;
        std::shuffle(keys.begin(), keys.end(), random);
        store::EventData data;
        auto expected = nlohmann::json::object();
        for (std::size_t i = 0; i < random() % (keys.size() + 1); ++i) {
            const auto& text = texts[random() % texts.size()];
            const auto number = static_cast<std::int64_t>(random()) - 1'000'000;
            switch (random() % 4) {
                case 0:
                    data.put(keys[i], number);
                    expected[keys[i]] = number;
                    break;
                case 1:
                    data.put(keys[i], number > 0);
                    expected[keys[i]] = number > 0;
                    break;
                case 2:
                    data.put_json(keys[i], R"({"days":"30"})");
                    expected[keys[i]] = {{"days", "30"}};
                    break;
                default: data.put(keys[i], text); expected[keys[i]] = text;
            }
        }
        CHECK(data.canonical() == store::canonical_json(expected));
    }
}

TEST_CASE("an event of a job says what does not follow from the rest of it", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db");
    OpenStore open(database);
    const auto told = [&](const std::string& job, const std::string& kind) {
        return one(database, "SELECT data FROM event_trail WHERE subject_uid = '" + job + "' AND kind = '" +
                                 kind + "'");
    };
    auto intent = created("02JOB", "d2");
    intent.attempt = 2;
    intent.variables = {{"text", std::string(70, 'x')}};
    auto plain = created("03JOB", "d3");
    plain.variables = {};
    auto queued = changed(JobStatus::queued);
    queued.queued_at = queued.at;
    queued.datto_job = DattoJobUid("datto-1");
    auto running = changed(JobStatus::running);
    running.started_at = at(28);
    auto done = changed(JobStatus::completed);
    done.at = at(60);
    done.completed_at = at(60);
    done.started_at = done.ran_at = at(29);
    done.out = engine::OutputText{"swept", false};
    done.err = engine::OutputText{"", true};
    open.commit({revision(), planned(), started(3), created(), intent, plain, queued, running, done});
    CHECK(told("01JOB", "job.created") ==
          R"({"component_name":"Clear Temp Files","component_uid":"c1","device_uid":"d1","run_uid":"01RUN",)"
          R"("variables":{"days":"30"}})");
    CHECK(contains(told("02JOB", "job.created"), R"({"attempt":2,)"));
    CHECK(contains(told("02JOB", "job.created"), R"("variables_sha256":")"));
    CHECK_FALSE(contains(told("03JOB", "job.created"), "variables"));
    CHECK(told("01JOB", "job.queued") == R"({"datto_job_uid":"datto-1"})");
    CHECK(told("01JOB", "job.running") == R"({"started_at":"2026-12-01T02:00:00.028Z"})");
    CHECK(contains(told("01JOB", "job.completed"),
                   R"({"ran_at":"2026-12-01T02:00:00.029Z","stderr_sha256":"","stderr_truncated":true,)"
                   R"("stdout_sha256":")"));

    // Times that are not known are said to be so.
    open.commit({changed(JobStatus::timeout, "02JOB")});
    CHECK(told("02JOB", "job.timeout") == R"({"completed_at":""})");
    // What is learned of a job that stays where it is is said in full.
    auto more = changed(JobStatus::queued, "03JOB");
    more.datto_status = "Pending";
    more.queued_at = more.at;
    open.commit({changed(JobStatus::queued, "03JOB"), more});
    CHECK(told("03JOB", "job.updated") ==
          R"({"datto_status":"Pending","queued_at":"2026-12-01T02:00:00.030Z","status":"queued"})");
    auto failed = changed(JobStatus::failed, "03JOB");
    failed.ran_at = at(25);
    failed.completed_at = at(26);
    open.commit({failed});
    CHECK(
        told("03JOB", "job.failed") ==
        R"({"completed_at":"2026-12-01T02:00:00.026Z","ran_at":"2026-12-01T02:00:00.025Z","started_at":""})");
}

}  // namespace
}  // namespace runbookd::store_test
