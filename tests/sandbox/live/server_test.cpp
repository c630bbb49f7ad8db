// The sandbox over real sockets: connections, resets, the two witness files.
#include "live_sandbox.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;
namespace http = boost::beast::http;
using testing::Client;
using testing::lines_of;
using testing::LiveSandbox;

constexpr const char* kFleet = R"(
pickup: 10s
activity_log: {lag: 0s}
limits: {reads: 1000, writes: 1000, device_job_create: 1000}
sites: [{name: HQ, devices: [{hostname: PC1}, {hostname: "WS{n}", count: 300}]}]
components:
  - {name: Sweep, variables: [{name: days}], simulate: {duration: 1000s, stdout: "swept {hostname}"}}
)";

TEST_CASE("pages are followed over one kept connection by absolute URLs", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    const auto page = client.get("/api/v2/account/devices").json();
    CHECK(page["devices"].size() == 250);
    const std::string next = page["pageDetails"]["nextPageUrl"];
    const auto origin = "http://127.0.0.1:" + sandbox.port();
    REQUIRE(next.rfind(origin, 0) == 0);
    CHECK(client.get(next.substr(origin.size())).json()["devices"].size() == 51);
}

TEST_CASE("the ledger has an accepted job before the reply, and its end", "[sandbox]") {
    LiveSandbox sandbox(kFleet, 10'000);
    Client client(sandbox);
    const auto device = client.device_uid("PC1");
    const auto component = client.component_uid("Sweep");
    const auto before = to_unix_ms(SystemClock{}.now().utc);
    const auto created =
        client.create(device, component, "sweep rb1", {{{"name", "days"}, {"value", "3"}}}).json();
    const auto accepted = lines_of(sandbox.folder.file("ledger")).at(0);
    CHECK(accepted["event"] == "accepted");
    CHECK(accepted["at"].get<std::int64_t>() >= before);
    CHECK(accepted["job_uid"] == created["job"]["uid"]);
    CHECK(accepted["device_uid"] == device);
    CHECK(accepted["component_uid"] == component);
    CHECK(accepted["job_name"] == "sweep rb1");
    CHECK(accepted["variables"] == json{{"days", "3"}});
    client.results_at_end(created["job"]["uid"], device);
    const auto finished = lines_of(sandbox.folder.file("ledger")).at(1);
    CHECK(finished["event"] == "finished");
    CHECK(finished["job_uid"] == created["job"]["uid"]);
    CHECK(finished["status"] == "Success");
    CHECK(finished["exit_code"] == 0);
}

TEST_CASE("every request is in the access log with its operation and status", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    client.get("/api/v2/system/request_rate");
    client.get("/api/v2/device/none");
    client.get("/nowhere?x=1");
    client.put("/sandbox/faults", R"([{"operation": "devices", "kind": "reset_before"}])");
    CHECK(client.get("/api/v2/account/devices").error);
    const auto lines = lines_of(sandbox.folder.file("access"));
    REQUIRE(lines.size() == 6);
    const auto line = [&](std::size_t i) {
        return lines[i]["method"].get<std::string>() + ' ' + lines[i]["path"].get<std::string>() + ' ' +
               lines[i]["operation"].get<std::string>() + ' ' + std::to_string(lines[i]["status"].get<int>());
    };
    CHECK(line(0) == "POST /auth/oauth/token token 200");
    CHECK(line(1) == "GET /api/v2/system/request_rate request_rate 200");
    CHECK(line(2) == "GET /api/v2/device/none device 404");
    CHECK(line(3) == "GET /nowhere other 404");
    CHECK(line(4) == "PUT /sandbox/faults other 200");
    CHECK(line(5) == "GET /api/v2/account/devices devices 0");
}

TEST_CASE("a reset before has no effect, a reset after has created the job", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    const auto device = client.device_uid("PC1");
    const auto component = client.component_uid("Sweep");
    client.put("/sandbox/faults", R"([{"operation": "quickjob", "nth": 1, "kind": "reset_before"},
                                      {"operation": "quickjob", "nth": 2, "kind": "reset_after"}])");
    CHECK(client.create(device, component, "first").error == boost::asio::error::connection_reset);
    CHECK(lines_of(sandbox.folder.file("ledger")).empty());
    CHECK(client.create(device, component, "second").error == boost::asio::error::connection_reset);
    const auto ledger = lines_of(sandbox.folder.file("ledger"));
    REQUIRE(ledger.size() == 1);
    CHECK(ledger[0]["job_name"] == "second");
    const auto log = client.get("/api/v2/activity-logs?searchQuery=second").json()["activities"];
    CHECK(log.size() == 1);
    CHECK(client.create(device, component, "third").status == 200);
}

TEST_CASE("the traffic file has each request and reply in full", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    client.put("/sandbox/faults", R"([{"operation": "pagination", "kind": "reset_after"}])");
    CHECK(client.get("/api/v2/system/pagination?x=1").error);
    const auto lines = lines_of(sandbox.folder.file("traffic"));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0]["operation"] == "token");
    CHECK(lines[0]["request"]["body"] == "grant_type=password&username=demo-key&password=demo-secret");
    CHECK(lines[0]["request"]["content_type"] == "application/x-www-form-urlencoded");
    CHECK(lines[0]["fault"].is_null());
    CHECK(lines[0]["reply"]["status"] == 200);
    CHECK(json::parse(lines[0]["reply"]["body"].get<std::string>())["token_type"] == "bearer");
    CHECK(lines[2]["request"]["query"] == "x=1");
    CHECK(lines[2]["fault"] == "reset_after");
    CHECK(lines[2]["reply"].is_null());
}

TEST_CASE("who is over the limit is told in a header when to come back", "[sandbox]") {
    LiveSandbox sandbox("limits: {reads: 1}\nunknowns: {over_limit: {body: empty, retry_after: seconds}}\n");
    Client client(sandbox);
    CHECK_FALSE(client.get("/api/v2/system/pagination").headers.contains("Retry-After"));
    const auto refused = client.get("/api/v2/system/pagination");
    CHECK(refused.status == 429);
    CHECK(refused.headers.at("Retry-After") == "60");
    CHECK(refused.body.empty());
}

TEST_CASE("an Idempotency-Key is read from its header", "[sandbox]") {
    LiveSandbox sandbox(std::string(kFleet) + "dialect: both\ntoken: t0ken\n");
    Client client(sandbox);
    const auto path = "/api/v2/device/" + client.device_uid("PC1") + "/quickjob";
    const json body = {{"componentUid", client.component_uid("Sweep")}, {"variables", {{"days", "1"}}}};
    const auto post = [&](const std::string& key) {
        return client.call(http::verb::post, path, body.dump(),
                           {{"Authorization", "Bearer t0ken"}, {"Idempotency-Key", key}});
    };
    const auto first = post("k1");
    REQUIRE(first.status == 200);
    const auto again = post("k1");
    CHECK(again.body == first.body);
    CHECK(again.headers.at("Idempotency-Replayed") == "true");
    CHECK(post("k2").json()["jobUid"] != first.json()["jobUid"]);
    CHECK(lines_of(sandbox.folder.file("ledger")).size() == 2);
}

TEST_CASE("a cut reply ends in the middle of its body", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client client(sandbox);
    client.put("/sandbox/faults", R"([{"operation": "components", "kind": "cut"}])");
    CHECK(client.get("/api/v2/account/components").error == http::error::partial_message);
    CHECK(client.get("/api/v2/account/components").status == 200);
}

TEST_CASE("a slow reply holds up its own connection only", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    Client slow(sandbox);
    Client quick(sandbox);
    quick.put("/sandbox/faults", R"([{"operation": "pagination", "kind": "slow", "delay": "1500ms"}])");
    const auto started = std::chrono::steady_clock::now();
    std::thread waiting([&] { slow.get("/api/v2/system/pagination"); });
    for (int i = 0; i < 20; ++i) quick.get("/api/v2/system/request_rate");
    const auto meanwhile = std::chrono::steady_clock::now() - started;
    waiting.join();
    CHECK(meanwhile < std::chrono::milliseconds{1400});
    CHECK(std::chrono::steady_clock::now() - started >= std::chrono::milliseconds{1500});
}

TEST_CASE("a request that is no HTTP ends its connection and nothing else", "[sandbox]") {
    LiveSandbox sandbox(kFleet);
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect(
        {boost::asio::ip::address_v4::loopback(), static_cast<unsigned short>(std::stoi(sandbox.port()))});
    boost::asio::write(socket, boost::asio::buffer(std::string("nonsense\r\n\r\n")));
    char byte = 0;
    boost::system::error_code error;
    socket.read_some(boost::asio::buffer(&byte, 1), error);
    CHECK(error);
    CHECK(Client(sandbox).get("/api/v2/account").status == 200);
}

TEST_CASE("only loopback addresses are listened on", "[sandbox]") {
    CHECK(parse_loopback("127.0.0.1:0"));
    CHECK(parse_loopback("localhost:8781")->port() == 8781);
    CHECK(parse_loopback("[::1]:80"));
    for (const auto* text : {"0.0.0.0:80", "192.168.1.1:80", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999",
                             ":80", "", "[]:80"}) {
        INFO(text);
        CHECK_FALSE(parse_loopback(text));
    }
}

TEST_CASE("a port in use is one clear error", "[sandbox]") {
    LiveSandbox first(kFleet);
    boost::asio::io_context loop;
    const SystemClock clock;
    Settings settings;
    settings.listen = "127.0.0.1:" + first.port();
    const auto second = Sandbox::open(loop, clock, Fleet{}, settings, [](const std::string&) {});
    REQUIRE_FALSE(second);
    CHECK(second.error().message.find("cannot listen") != std::string::npos);
    CHECK(second.error().message.find('\n') == std::string::npos);
}

}  // namespace
}  // namespace runbookd::sandbox
