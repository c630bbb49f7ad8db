#include "fakes/sandboxed_rmm.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "datto/addresses.hpp"
#include "datto/failures.hpp"
#include "datto/replies.hpp"
#include "datto/requests.hpp"
#include "sandbox/fleet_file.hpp"

namespace runbookd::fakes {
namespace {

using sandbox::Operation;
using std::chrono::minutes;
using std::chrono::seconds;

// As the client has them.
constexpr Millis kCallTimeout = seconds{60};
constexpr Millis kThrottleMemory = minutes{5};
constexpr Millis kWindow = seconds{60};
constexpr const char* kPublicClient = "Basic cHVibGljLWNsaWVudDpwdWJsaWM=";

struct OperationOf {
    Operation operator()(const engine::ReadRequestRate&) const { return Operation::request_rate; }
    Operation operator()(const engine::ReadSites&) const { return Operation::sites; }
    Operation operator()(const engine::ReadDevices&) const { return Operation::devices; }
    Operation operator()(const engine::ReadComponents&) const { return Operation::components; }
    Operation operator()(const engine::ReadDevice&) const { return Operation::device; }
    Operation operator()(const engine::ReadSiteDevices&) const { return Operation::site_devices; }
    Operation operator()(const engine::ReadDefaultFilters&) const { return Operation::filters; }
    Operation operator()(const engine::ReadCustomFilters&) const { return Operation::filters; }
    Operation operator()(const engine::ReadFilterDevices&) const { return Operation::devices; }
    Operation operator()(const engine::CreateQuickJob&) const { return Operation::quickjob; }
    Operation operator()(const engine::ReadResult&) const { return Operation::results; }
    Operation operator()(const engine::ReadOutput& call) const {
        return call.stream == engine::Stream::out ? Operation::job_stdout : Operation::job_stderr;
    }
    Operation operator()(const engine::SearchActivities&) const { return Operation::activity_logs; }
    template <class Other>
    Operation operator()(const Other&) const {
        return Operation::other;
    }
};

tl::unexpected<datto::TransportFailure> lost(std::string why) {
    datto::TransportFailure failure;
    failure.delivery = datto::Delivery::uncertain;
    failure.message = std::move(why);
    return tl::unexpected<datto::TransportFailure>(std::move(failure));
}

std::string method_of(const datto::Request& request) {
    switch (request.method) {
        case datto::Method::get: return "GET";
        case datto::Method::put: return "PUT";
        case datto::Method::post: return "POST";
    }
    return "";
}

}  // namespace

class SandboxedRmm::Ledger final : public sandbox::Witness {
public:
    void accepted(UtcTime at, const sandbox::Job& job, const std::string& device,
                  const std::string&) override {
        lines.push_back({job.name, DeviceUid{device}, at, Millis{0}});
        jobs[job.name] = &job;
    }
    void finished(UtcTime, const sandbox::Job&, const std::string&) override {}
    std::vector<Accepted> lines;
    std::map<std::string, const sandbox::Job*> jobs;  // by job name; the world never moves them
};

void SandboxedRmm::Window::count(UtcTime now) {
    while (!arrivals.empty() && arrivals.front() <= now - kWindow) arrivals.pop_front();
    arrivals.push_back(now);
    most = std::max(most, arrivals.size());
}

SandboxedRmm::SandboxedRmm(const std::string& text, UtcTime start)
    : start_(start),
      ledger_(std::make_unique<Ledger>()),
      base_(*datto::parse_base_url("http://127.0.0.1:8781")) {
    auto fleet = sandbox::parse_fleet(text, "fleet.yaml");
    if (!fleet) throw std::logic_error(fleet.error().message);
    world_ = std::make_unique<sandbox::World>(std::move(*fleet), instant(start), *ledger_);
    api_ = std::make_unique<sandbox::Api>(*world_, access_log_, traffic_);
}

SandboxedRmm::~SandboxedRmm() = default;

Instant SandboxedRmm::instant(UtcTime now) const { return {now, SteadyTime{seconds{1000}} + (now - start_)}; }

datto::Exchange SandboxedRmm::exchange(const datto::Request& request, const std::string& authorization,
                                       UtcTime now) {
    sandbox::Request asked;
    asked.method = method_of(request);
    const auto question = request.target.find('?');
    asked.path = request.target.substr(0, question);
    if (question != std::string::npos) asked.query = request.target.substr(question + 1);
    asked.host = "127.0.0.1:8781";
    asked.authorization = authorization;
    asked.content_type = request.content_type;
    asked.body = request.body;
    world_->advance(instant(now));
    auto reply = api_->handle(asked, instant(now));
    if (reply.ending == sandbox::Ending::reset) return lost("the connection was reset");
    if (reply.ending == sandbox::Ending::cut) return lost("the connection ended inside the answer");
    if (reply.delay >= kCallTimeout) return lost("no whole answer in time");
    datto::Response response;
    response.status = reply.status;
    response.content_type = reply.content_type;
    response.body = std::move(reply.body);
    return response;
}

engine::ApiFailure SandboxedRmm::refused(const datto::Response& answer, std::string_view doing, UtcTime now) {
    const bool is_recent = throttled_at_ && now - *throttled_at_ < kThrottleMemory;
    const auto memory = is_recent ? datto::ThrottleMemory::recently_throttled : datto::ThrottleMemory::calm;
    auto failure = doing.empty() ? datto::classify_token_answer(answer, memory, now, {})
                                 : datto::classify_answer(answer, doing, memory, now, {});
    if (failure.kind == engine::FailureKind::throttled) throttled_at_ = now;
    return failure;
}

std::optional<engine::ApiFailure> SandboxedRmm::log_in(bool for_create, UtcTime now) {
    if (!token_.empty()) return std::nullopt;
    ++arrivals_[Operation::token];
    engine::ApiFailure failure;
    const auto answer = exchange(datto::token_request(base_, "demo-key", "demo-secret"), kPublicClient, now);
    if (!answer) {
        failure = datto::classify_transport(answer.error(), "fetching the token");
    } else if (answer->status != 200) {
        failure = refused(*answer, "", now);
    } else if (const auto token = datto::read_token(answer->body)) {
        token_ = token->text;
        return std::nullopt;
    } else {
        failure.kind = engine::FailureKind::server_error;
        failure.message = token.error().message;
    }
    const bool in_doubt =
        failure.kind == engine::FailureKind::lost || failure.kind == engine::FailureKind::server_error;
    if (in_doubt && for_create) failure.kind = engine::FailureKind::not_sent;
    return failure;
}

engine::ApiResult SandboxedRmm::arrive(const engine::ApiCall& call, UtcTime now) {
    const auto request = datto::build_request(base_, call, no_secrets_);
    if (!request) throw std::logic_error(request.error().message);
    if (auto failure = log_in(std::holds_alternative<engine::CreateQuickJob>(call), now))
        return tl::unexpected<engine::ApiFailure>(*failure);
    ++arrivals_[std::visit(OperationOf{}, call)];
    (request->method == datto::Method::get ? reads_ : creates_).count(now);
    const auto answer = exchange(*request, "Bearer " + token_, now);
    if (!answer)
        return tl::unexpected<engine::ApiFailure>(datto::classify_transport(answer.error(), "asking"));
    if (answer->status < 200 || answer->status >= 300) {
        auto failure = refused(*answer, "asking", now);
        if (failure.kind == engine::FailureKind::unauthenticated) token_.clear();
        return tl::unexpected<engine::ApiFailure>(std::move(failure));
    }
    auto reply = datto::read_reply(base_, call, request->target, answer->body);
    if (reply) return std::move(*reply);
    engine::ApiFailure unreadable;
    unreadable.kind = engine::FailureKind::server_error;
    unreadable.http_status = answer->status;
    unreadable.message = reply.error().message;
    return tl::unexpected<engine::ApiFailure>(std::move(unreadable));
}

const std::vector<Accepted>& SandboxedRmm::ledger() const { return ledger_->lines; }

const sandbox::Job& SandboxedRmm::job_named(const std::string& job_name) const {
    return *ledger_->jobs.at(job_name);
}

std::optional<std::string> SandboxedRmm::output_of(const std::string& job_name) const {
    auto text = world_->stdout_of(job_named(job_name));
    if (text.empty()) return std::nullopt;
    return text;
}

std::optional<engine::DeploymentStatus> SandboxedRmm::end_of(const std::string& job_name) const {
    if (!ledger_->jobs.contains(job_name)) return std::nullopt;
    switch (job_named(job_name).status) {
        case sandbox::JobStatus::pending: return engine::DeploymentStatus::pending;
        case sandbox::JobStatus::running: return engine::DeploymentStatus::running;
        case sandbox::JobStatus::success: return engine::DeploymentStatus::success;
        case sandbox::JobStatus::warning: return engine::DeploymentStatus::warning;
        case sandbox::JobStatus::failure: return engine::DeploymentStatus::failure;
        case sandbox::JobStatus::expired: return engine::DeploymentStatus::expired;
        case sandbox::JobStatus::retired: return engine::DeploymentStatus::retired;
    }
    return std::nullopt;
}

}  // namespace runbookd::fakes
