#pragma once
// A sandbox without sockets on virtual time, and a witness that remembers.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.hpp"
#include "sandbox/api.hpp"
#include "sandbox/fleet_file.hpp"

namespace runbookd::sandbox::testing {

inline constexpr std::chrono::seconds kSecond{1};

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Path and query of an absolute URL.
[[nodiscard]] inline std::string target_of(const std::string& url) {
    return url.substr(url.find('/', url.find("//") + 2));
}

/// 2026-12-01T02:00:00Z, and some steady time.
[[nodiscard]] inline Instant test_start() {
    return {from_unix_ms(1'796'090'400'000), SteadyTime{Millis{5'000'000}}};
}

[[nodiscard]] inline Instant later(Instant from, Millis by) { return {from.utc + by, from.steady + by}; }

[[nodiscard]] inline Fleet fleet_of(const std::string& yaml) {
    auto fleet = parse_fleet(yaml, "fleet.yaml");
    if (!fleet) FAIL(fleet.error().message);
    return std::move(*fleet);
}

class RememberingWitness final : public Witness {
public:
    void accepted(UtcTime at, const Job& job, const std::string&, const std::string&) override {
        lines.push_back("accepted " + job.name + " at " + format_utc(at).substr(11, 8));
    }
    void finished(UtcTime at, const Job& job, const std::string&) override {
        lines.push_back("finished " + job.name + " at " + format_utc(at).substr(11, 8) + ' ' +
                        std::string(name_of(job.status)));
    }
    std::vector<std::string> lines;
};

/// The API over a world, with a clock that only the test moves.
class ApiFixture {
public:
    explicit ApiFixture(const std::string& yaml) : world(fleet_of(yaml), test_start(), witness) { log_in(); }

    void pass(Millis span) { now = later(now, span); }

    void log_in() {
        Request request;
        request.method = "POST";
        request.path = "/auth/oauth/token";
        request.authorization = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";
        request.content_type = "application/x-www-form-urlencoded";
        request.body = "grant_type=password&username=demo-key&password=demo-secret";
        bearer = "Bearer " +
                 nlohmann::json::parse(api.handle(request, now).body)["access_token"].get<std::string>();
    }

    Reply call(const std::string& method, const std::string& target, const std::string& body = "") {
        Request request;
        request.method = method;
        const auto question = target.find('?');
        request.path = target.substr(0, question);
        if (question != std::string::npos) request.query = target.substr(question + 1);
        request.host = "127.0.0.1:8781";
        request.authorization = bearer;
        request.body = body;
        return api.handle(request, now);
    }

    Reply get(const std::string& target) { return call("GET", target); }

    nlohmann::json get_json(const std::string& target) {
        const auto reply = get(target);
        INFO(target << " " << reply.status << " " << reply.body);
        REQUIRE(reply.status == 200);
        return nlohmann::json::parse(reply.body);
    }

    std::string device_uid(const std::string& hostname) {
        for (const auto& device : world.fleet().devices) {
            if (device.hostname == hostname) return device.uid;
        }
        FAIL("no device " << hostname);
        return {};
    }

    std::string component_uid(const std::string& name) {
        for (const auto& component : world.fleet().components) {
            if (component.name == name) return component.uid;
        }
        FAIL("no component " << name);
        return {};
    }

    Reply create(const std::string& hostname, const std::string& component, const std::string& job_name,
                 nlohmann::json variables = nlohmann::json::array()) {
        const nlohmann::json body = {
            {"jobName", job_name},
            {"jobComponent",
             {{"componentUid", component_uid(component)}, {"variables", std::move(variables)}}}};
        return call("PUT", "/api/v2/device/" + device_uid(hostname) + "/quickjob", body.dump());
    }

    std::string created(const std::string& hostname, const std::string& component,
                        const std::string& job_name) {
        const auto reply = create(hostname, component, job_name);
        REQUIRE(reply.status == 200);
        return nlohmann::json::parse(reply.body)["job"]["uid"];
    }

    std::string results_path(const std::string& job_uid, const std::string& hostname) {
        return "/api/v2/job/" + job_uid + "/results/" + device_uid(hostname);
    }

    std::string status_of(const std::string& job_uid, const std::string& hostname) {
        return get_json(results_path(job_uid, hostname))["jobDeploymentStatus"];
    }

    Instant now = test_start();
    RememberingWitness witness;
    World world;
    AccessLog access_log{JsonLines{}};
    TrafficLog traffic{JsonLines{}};
    Api api{world, access_log, traffic};
    std::string bearer;
};

}  // namespace runbookd::sandbox::testing
