#include "follow/account.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "sandbox/fleet_file.hpp"

namespace runbookd::bench {
namespace {

sandbox::Fleet fleet_of(std::size_t devices, Shape shape) {
    const auto duration = shape == Shape::uniform ? "60s..600s" : "60s..600s log-normal";
    auto fleet = sandbox::parse_fleet(
        "sites:\n  - name: Acme HQ\n    devices:\n      - {hostname: \"WS{n:05}\", count: " +
            std::to_string(devices) + "}\ncomponents:\n  - name: Sweep\n    simulate: {duration: " +
            duration + ", outcome: {Success: 100%}, stdout: \"swept {hostname}\"}\n",
        "fleet.yaml");
    if (!fleet) throw std::runtime_error(fleet.error().message);
    return std::move(*fleet);
}

}  // namespace

Account::Account(std::size_t devices, Shape shape, Instant start)
    : world_(fleet_of(devices, shape), start, ends_), bearer_(log_in(start)) {}

std::string Account::log_in(Instant now) {
    sandbox::Request request;
    request.method = "POST";
    request.path = "/auth/oauth/token";
    request.authorization = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";
    request.content_type = "application/x-www-form-urlencoded";
    request.body = "grant_type=password&username=demo-key&password=demo-secret";
    const auto reply = nlohmann::json::parse(api_.handle(request, now).body);
    return "Bearer " + reply.at("access_token").get<std::string>();
}

sandbox::Reply Account::request(const std::string& method, const std::string& target, const std::string& body,
                                Instant now) {
    sandbox::Request request;
    request.method = method;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    request.host = "127.0.0.1:8781";
    request.authorization = bearer_;
    if (!body.empty()) request.content_type = "application/json";
    request.body = body;
    return api_.handle(request, now);
}

}  // namespace runbookd::bench
