#include "notices/formats.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "notices/examples.hpp"
#include "notices/notices.hpp"
#include "notices/retries.hpp"

using namespace runbookd;
using namespace runbookd::tests;
using nlohmann::json;
using notices::body_of;
using notices::Format;

namespace {

std::string example() {
    auto event = ended("failed", {{"failed", 1}});
    event.run.targets = {target("DC<01> & co", "failed", "datto_failure")};
    const runbook::NotifyRules rules{{"oncall", {runbook::Condition::failed}, runbook::NoticesPer::device}};
    return notices::notices_of(event, rules).at(0).payload;
}

}  // namespace

TEST_CASE("json is the payload as it is", "[notices]") {
    CHECK(body_of(example(), Format::json) == example());
}

TEST_CASE("slack gets a text in its mark-up, with nothing of ours taken for it", "[notices]") {
    const auto body = json::parse(body_of(example(), Format::slack));
    REQUIRE(body.size() == 1);
    CHECK(body.at("text") ==
          "*backup on DC&lt;01&gt; &amp; co: failed (datto_failure)*\n"
          "Runbook: backup\nRun: 01RUN\nStatus: failed\nDevice: DC&lt;01&gt; &amp; co\nCustomer: acme\n"
          "At: 1970-01-01T00:16:40.000Z");
}

TEST_CASE("teams gets a message with an adaptive card", "[notices]") {
    const auto body = json::parse(body_of(example(), Format::teams));
    CHECK(body.at("type") == "message");
    const auto& attachment = body.at("attachments").at(0);
    CHECK(attachment.at("contentType") == "application/vnd.microsoft.card.adaptive");
    const auto& card = attachment.at("content");
    CHECK(card.at("type") == "AdaptiveCard");
    CHECK(card.at("body").at(0).at("text") == "backup on DC<01> & co: failed (datto_failure)");
    CHECK(card.at("body").at(1).at("facts").at(0) == json{{"title", "Runbook"}, {"value", "backup"}});
}

TEST_CASE("what is no payload is sent as it is", "[notices]") {
    CHECK(body_of("not json", Format::slack) == "not json");
    CHECK(body_of("[1]", Format::teams) == "[1]");
}

TEST_CASE("pauses double from ten seconds to an hour, and are never shorter than asked for", "[notices]") {
    using std::chrono::minutes;
    using std::chrono::seconds;
    CHECK(notices::pause_after(1, std::nullopt) == seconds{10});
    CHECK(notices::pause_after(2, std::nullopt) == seconds{20});
    CHECK(notices::pause_after(6, std::nullopt) == seconds{320});
    CHECK(notices::pause_after(9, std::nullopt) == seconds{2560});
    CHECK(notices::pause_after(10, std::nullopt) == minutes{60});
    CHECK(notices::pause_after(1'000'000, std::nullopt) == minutes{60});
    CHECK(notices::pause_after(1, Millis{seconds{120}}) == seconds{120});
    CHECK(notices::pause_after(5, Millis{seconds{1}}) == seconds{160});
}

TEST_CASE("a notice is given up where the next attempt would be a day after it was made", "[notices]") {
    const auto made = from_unix_ms(0);
    const auto day = std::chrono::hours{24};
    CHECK(notices::next_attempt(made, made + Millis{5}, 1, std::nullopt) == made + Millis{10'005});
    CHECK(notices::next_attempt(made, made + day - std::chrono::hours{1}, 30, std::nullopt) == made + day);
    CHECK_FALSE(notices::next_attempt(made, made + day - std::chrono::minutes{59}, 30, std::nullopt));
}
