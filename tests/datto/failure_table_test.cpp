// The whole table of failures: from what came back to its kind, from its kind to what the engine does, and
// the page that people read.
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "catch.hpp"
#include "datto/failures.hpp"
#include "engine/failure_class.hpp"

using namespace runbookd;
using namespace runbookd::datto;
using engine::CallEffect;
using engine::FailureClass;
using engine::FailureKind;

namespace {

struct Row {
    FailureKind kind;
    std::string name;
    FailureClass of_read;
    FailureClass of_create;
};
const std::array<Row, 11> kTable{{
    {FailureKind::not_sent, "not_sent", FailureClass::transient, FailureClass::transient},
    {FailureKind::lost, "lost", FailureClass::transient, FailureClass::ambiguous},
    {FailureKind::server_error, "server_error", FailureClass::transient, FailureClass::ambiguous},
    {FailureKind::conflict, "conflict", FailureClass::transient, FailureClass::ambiguous},
    {FailureKind::throttled, "throttled", FailureClass::throttled, FailureClass::throttled},
    {FailureKind::blocked, "blocked", FailureClass::blocked, FailureClass::blocked},
    {FailureKind::unauthenticated, "unauthenticated", FailureClass::authentication,
     FailureClass::authentication},
    {FailureKind::bad_credentials, "bad_credentials", FailureClass::authentication,
     FailureClass::authentication},
    {FailureKind::forbidden, "forbidden", FailureClass::permanent, FailureClass::permanent},
    {FailureKind::not_found, "not_found", FailureClass::permanent, FailureClass::permanent},
    {FailureKind::rejected, "rejected", FailureClass::permanent, FailureClass::permanent},
}};
const std::map<FailureClass, std::string> kClassNames{
    {FailureClass::permanent, "permanent"}, {FailureClass::transient, "transient"},
    {FailureClass::ambiguous, "ambiguous"}, {FailureClass::throttled, "throttled"},
    {FailureClass::blocked, "blocked"},     {FailureClass::authentication, "authentication"}};

/// An answer but for its status, and what it means where that is 403.
struct Answered {
    std::string body;
    std::string content_type;
    ThrottleMemory memory = ThrottleMemory::calm;
    FailureKind of_403 = FailureKind::forbidden;
};

FailureKind kind_of(int status, const Answered& answered, bool is_token_call) {
    Response response;
    response.status = status;
    response.body = answered.body;
    response.content_type = answered.content_type;
    const auto failure = is_token_call
                             ? classify_token_answer(response, answered.memory, UtcTime{}, {})
                             : classify_answer(response, "creating", answered.memory, UtcTime{}, {});
    return failure.kind;
}

std::string page() {
    std::ifstream in(std::string(RUNBOOKD_DOCS) + "/datto-client.md");
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    for (std::size_t at = 2; at < line.size();) {
        const auto end = std::min(line.find(" | ", at), line.rfind(" |"));
        if (end == std::string::npos || end < at) break;
        cells.push_back(line.substr(at, end - at));
        at = end + 3;
    }
    return cells;
}

/// The rows of the page's table of so many columns whose first cell is this word in backquotes.
std::vector<std::vector<std::string>> rows_of(const std::string& word, std::size_t columns) {
    std::vector<std::vector<std::string>> rows;
    const auto text = page();
    const auto begin = "\n| `" + word + "` | ";
    for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
        auto cells = cells_of(text.substr(at + 1, text.find('\n', at + 1) - at - 1));
        if (cells.size() == columns) rows.push_back(std::move(cells));
    }
    return rows;
}

}  // namespace

TEST_CASE("every status from 100 to 599 has its kind, with every body and after a 429 too", "[datto]") {
    const std::string html = "<html><title>Gateway</title></html>";
    const auto calm = ThrottleMemory::calm;
    const auto recent = ThrottleMemory::recently_throttled;
    const auto answered = GENERATE_COPY(values<Answered>({
        {"", "", calm, FailureKind::forbidden},
        {R"({"error": "Forbidden"})", "application/json", calm, FailureKind::forbidden},
        {R"({"error": "Forbidden"})", "application/json", recent, FailureKind::blocked},
        {html, "text/html", calm, FailureKind::blocked},
        {"too many requests", "text/plain", calm, FailureKind::blocked},
    }));
    for (int status = 100; status < 600; ++status) {
        if (status >= 200 && status < 300) continue;
        CAPTURE(status, answered.body);
        auto expected = status >= 400 && status < 500 ? FailureKind::rejected : FailureKind::server_error;
        if (status == 401) expected = FailureKind::unauthenticated;
        if (status == 404) expected = FailureKind::not_found;
        if (status == 408) expected = FailureKind::server_error;
        if (status == 409) expected = FailureKind::conflict;
        if (status == 429) expected = FailureKind::throttled;
        if (status == 403) expected = answered.of_403;
        CHECK(kind_of(status, answered, false) == expected);

        auto of_token = FailureKind::server_error;
        if (status == 400 || status == 401) of_token = FailureKind::bad_credentials;
        if (status == 429) of_token = FailureKind::throttled;
        if (status == 403)
            of_token = expected == FailureKind::blocked ? expected : FailureKind::bad_credentials;
        CHECK(kind_of(status, answered, true) == of_token);
    }
}

TEST_CASE("each kind asks one thing of a read and of a write, and perhaps another of a create", "[datto]") {
    for (const auto& row : kTable) {
        CAPTURE(row.name);
        CHECK(engine::class_of(row.kind, CallEffect::read) == row.of_read);
        CHECK(engine::class_of(row.kind, CallEffect::write) == row.of_read);
        CHECK(engine::class_of(row.kind, CallEffect::create) == row.of_create);
    }
}

TEST_CASE("only a create is one, and only resolving an alert is another write", "[datto]") {
    CHECK(engine::effect_of(engine::CreateQuickJob{}) == CallEffect::create);
    CHECK(engine::effect_of(engine::ResolveAlert{}) == CallEffect::write);
    CHECK(engine::effect_of(engine::ReadAlerts{}) == CallEffect::read);
    CHECK(engine::effect_of(engine::SearchActivities{}) == CallEffect::read);
    CHECK(engine::effect_of(engine::ReadOutput{}) == CallEffect::read);
}

TEST_CASE("docs/datto-client.md shows the same table", "[datto]") {
    REQUIRE_FALSE(page().empty());
    for (const auto& row : kTable) {
        CAPTURE(row.name);
        const auto rows = rows_of(row.name, 4);
        REQUIRE(rows.size() == 1);
        CHECK(rows[0][2] == kClassNames.at(row.of_read));
        CHECK(rows[0][3] == kClassNames.at(row.of_create));
    }
    for (const auto& [one, name] : kClassNames) {
        CAPTURE(name);
        CHECK(rows_of(name, 3).size() == 1);
    }
}

TEST_CASE("the seed's error code is passed on, and nothing else that calls itself one", "[datto]") {
    const auto code_of = [](const std::string& body) {
        Response response;
        response.status = 400;
        response.body = body;
        return classify_answer(response, "x", ThrottleMemory::calm, UtcTime{}, {}).error_code;
    };
    CHECK(code_of(R"({"errorCode": "DEVICE_OFFLINE", "message": "off", "details": {}})") == "DEVICE_OFFLINE");
    CHECK(code_of(R"({"errorCode": "it's; off"})").empty());
    CHECK(code_of(R"({"errorCode": null})").empty());
    CHECK(code_of(R"({"errorCode": 17})").empty());
    CHECK(code_of(R"({"error": "Bad Request"})").empty());
    CHECK(code_of("<html>DEVICE_OFFLINE</html>").empty());
    CHECK(code_of("").empty());
}
