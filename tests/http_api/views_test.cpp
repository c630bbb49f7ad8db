#include "http_api/views.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "http_api/json_text.hpp"

namespace runbookd::http_api {

TEST_CASE("a row is an object with the view's columns in their order", "[http_api]") {
    const ports::Rows rows{{"job_uid", "status", "exit_code", "variables", "stdout_truncated", "hostname"},
                           {{std::string("01J"), std::string("completed"), std::monostate{},
                             std::string(R"({"days":"7"})"), std::int64_t{1}, std::string("")}}};
    CHECK(to_text(rows_view(rows)) ==
          R"([{"job_uid":"01J","status":"completed","exit_code":null,"variables":{"days":"7"},)"
          R"("stdout_truncated":true,"hostname":""}])");
}

TEST_CASE("text that is not UTF-8 or not JSON does no harm", "[http_api]") {
    const ports::Rows rows{{"data", "hostname"},
                           {{std::string("{broken"), std::string("a\xff"
                                                                 "b")}}};
    CHECK(to_text(row_view(rows, 0)) ==
          "{\"data\":\"{broken\",\"hostname\":\"a\xEF\xBF\xBD"
          "b\"}");
}

namespace {
ports::Rows seed_row(std::string status, std::string reason, ports::Cell exit_code) {
    return {{"job_uid", "job_id", "status", "reason", "device_uid", "component_name", "variables",
             "exit_code", "created_at_ms", "queued_at_ms", "started_at_ms", "completed_at_ms", "stdout"},
            {{std::string("01J"), std::int64_t{12}, std::move(status), std::move(reason),
              std::string("dev-1"), std::string("Clear Temp Files"), std::string(R"({"days":"7"})"),
              std::move(exit_code), std::int64_t{1000}, std::monostate{}, std::int64_t{2000},
              std::int64_t{4500}, std::string("done\n")}}};
}
std::string summary(std::string status, std::string reason, ports::Cell exit_code) {
    return seed_job_view(seed_row(std::move(status), std::move(reason), std::move(exit_code)))
        .value("summary", std::string("-"));
}
}  // namespace

TEST_CASE("the seed's job has the seed's names and leaves out what is not known", "[http_api]") {
    CHECK(to_text(seed_job_view(seed_row("completed", "", std::int64_t{0}))) ==
          R"({"jobUid":"01J","jobId":12,"status":"completed","deviceUid":"dev-1",)"
          R"("componentName":"Clear Temp Files","variables":{"days":"7"},"createdAt":1000,"startedAt":2000,)"
          R"("completedAt":4500,"exitCode":0,"stdout":"done\n",)"
          R"("summary":"succeeded after 2s500ms, exit code 0: success"})");
}

TEST_CASE("the seed's summary words the exit code", "[http_api]") {
    CHECK(summary("failed", "datto_failure", std::monostate{}) == "failed after 2s500ms (datto_failure)");
    CHECK(summary("failed", "exit_code", std::int64_t{127}) ==
          "failed after 2s500ms (exit_code), exit code 127: command not found");
    CHECK(summary("failed", "exit_code", std::int64_t{42}) ==
          "failed after 2s500ms (exit_code), exit code 42");
    CHECK(summary("timeout", "deadline", std::monostate{}) == "timed out after 2s500ms (deadline)");
    CHECK(summary("running", "", std::monostate{}) == "-");
}

}  // namespace runbookd::http_api
