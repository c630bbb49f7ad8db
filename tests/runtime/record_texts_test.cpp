#include "runtime/record_texts.hpp"

#include "catch.hpp"

namespace runbookd::runtime {
namespace {

const std::string kValue = "hunter2hunter2";
const std::string kMark = "[secret:token]";

template <class R>
R redacted(R record) {
    engine::Batch batch{std::move(record)};
    redact(batch, secrets::Vault({{"token", {kValue, {"*"}}}}));
    return std::get<R>(batch.front());
}

}  // namespace

TEST_CASE("whatever way a secret got into a record, it is not written", "[runtime][secrets]") {
    engine::RunPlanned planned;
    planned.note = "with " + kValue;
    planned.scope.variables = {{"token", kValue}};
    planned.overrides = {.guard = true, .reason = kValue};
    CHECK(redacted(planned).note == "with " + kMark);
    CHECK(redacted(planned).overrides.reason == kMark);
    CHECK(redacted(planned).scope.variables.at("token") == kMark);
    engine::RunStarted started;
    started.targets.push_back({DeviceUid{"d1"}, SiteUid{"s1"}, kValue, "PC-" + kValue});
    CHECK(redacted(started).targets.at(0).hostname == "PC-" + kMark);
    CHECK(redacted(started).targets.at(0).site_name.str() == kMark);
    engine::JobCreated created;
    created.variables = {{"name", kValue}};
    CHECK(redacted(created).variables.at("name") == kMark);
    engine::JobChanged changed;
    changed.message = "said " + kValue;
    changed.out = engine::OutputText{"a " + kValue, false};
    changed.err = engine::OutputText{kValue, true};
    CHECK(redacted(changed).message == "said " + kMark);
    CHECK(redacted(changed).out->text == "a " + kMark);
    CHECK(redacted(changed).err->text == kMark);
    engine::JobLate late;
    late.out = engine::OutputText{kValue, false};
    CHECK(redacted(late).out->text == kMark);
    engine::TargetDecided decided;
    decided.message = kValue;
    CHECK(redacted(decided).message == kMark);
    engine::PauseSet pause;
    pause.reason = kValue;
    CHECK(redacted(pause).reason == kMark);
    engine::FleetChanged fleet;
    fleet.rows.emplace_back();
    fleet.rows[0].device.hostname = kValue;
    fleet.rows[0].device.site_name = "at " + kValue;
    CHECK(redacted(fleet).rows.at(0).device.hostname == kMark);
    CHECK(redacted(fleet).rows.at(0).device.site_name.str() == "at " + kMark);
    engine::Noted noted;
    noted.data = {{"message", kValue}};
    CHECK(redacted(noted).data.at("message") == kMark);
}

TEST_CASE("without secrets nothing is touched", "[runtime][secrets]") {
    engine::Noted noted;
    noted.data = {{"message", kValue}};
    engine::Batch batch{noted};
    redact(batch, secrets::Vault{});
    CHECK(std::get<engine::Noted>(batch.front()).data.at("message") == kValue);
}

TEST_CASE("a row stays an object without the secret, or is dropped", "[runtime][secrets]") {
    const secrets::Vault vault({{"token", {"87654321", {"*"}}}});
    engine::JobChanged changed;
    changed.collected = runbook::Collected{
        {R"({"a":"87654321"})", R"({"a":87654321})", R"({"b":1})", R"({"x87654321":1,"x[secret:token]":2})"}};
    engine::Batch batch{changed};
    redact(batch, vault);
    const auto& kept = std::get<engine::JobChanged>(batch.front()).collected;
    CHECK(kept->rows == std::vector<std::string>{R"({"a":"[secret:token]"})", R"({"b":1})"});
    CHECK(kept->not_rows == 2);

    // Read before it was taken out: JSON may spell it in ways that the output's text does not show.
    engine::JobLate late;
    late.collected = runbook::read_collected(R"(::row {"a":"\u00387654321"})");
    engine::Batch other{late};
    redact(other, vault);
    CHECK(std::get<engine::JobLate>(other.front()).collected->rows ==
          std::vector<std::string>{R"({"a":"[secret:token]"})"});
}

}  // namespace runbookd::runtime
