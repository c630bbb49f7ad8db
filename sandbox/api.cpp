#include "sandbox/api.hpp"

#include <nlohmann/json.hpp>

#include "sandbox/call.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

constexpr std::string_view kFaultsPath = "/sandbox/faults";
constexpr Millis kSlowedBy{1000};  // Datto's help: one second above 90 % of a limit

bool is_under_api(const std::string& path) { return path.rfind("/api/", 0) == 0; }

Reply message_reply(int status, const std::string& message) {
    auto reply = json_reply({{"error", message}});
    reply.status = status;
    return reply;
}

Result<std::vector<Fault>> parse_faults(const std::string& text) {
    const auto list = json::parse(text, nullptr, false);
    if (!list.is_array()) return fail(ErrorCode::invalid_input, "expected a JSON array of faults");
    std::vector<Fault> faults;
    for (const auto& each : list) {
        auto fault = parse_fault(each);
        if (!fault) return tl::unexpected<Error>(fault.error());
        faults.push_back(*fault);
    }
    return faults;
}

}  // namespace

Api::Api(World& world, AccessLog& access_log)
    : world_(world), access_log_(access_log), limits_(world.fleet().limits), tokens_(world.fleet()) {
    faults_.set(world.fleet().faults);
}

Reply Api::handle(const Request& request, Instant now) {
    world_.advance(now);
    const auto match = find_route(request.method, request.path);
    const bool controls = request.path == kFaultsPath;
    const auto fault = controls ? std::nullopt : faults_.strike(match.operation);
    auto reply = controls ? control(request, now)
                 : fault  ? answer_with(*fault, request, match, now)
                          : answer(request, match, now);
    const auto status = reply.ending == Ending::reset ? 0 : reply.status;
    access_log_.request(now.utc, request.method, request.path, request.query, match.operation, status);
    return reply;
}

Reply Api::answer(const Request& request, const Match& match, Instant now) {
    if (match.operation == Operation::token) {
        return request.method == "POST" ? tokens_.grant(request, now) : error_reply(405, request, now);
    }
    if (!is_under_api(request.path)) return error_reply(404, request, now);
    return answer_api(request, match, now);
}

Reply Api::answer_api(const Request& request, const Match& match, Instant now) {
    if (now.steady < blocked_until_) return blocked_reply(request, now);
    if (request.path == "/api/auth/oauth/token") return error_reply(404, request, now);
    const bool open = match.route && match.route->access == Access::open;
    if (!open && !tokens_.accept(request.authorization, now.steady)) return error_reply(401, request, now);
    const auto pace = open ? Pace::normal : count(request, match, now.steady);
    if (pace == Pace::refused) return refuse_for_pace(request, now);
    if (!match.route) return error_reply(match.path_known ? 405 : 404, request, now);
    const auto query = parse_form(request.query);
    auto reply = match.route->answer(Call{world_, limits_, request, match.parts, query, now});
    if (pace == Pace::slowed) reply.delay += kSlowedBy;
    return reply;
}

Reply Api::answer_with(const Fault& fault, const Request& request, const Match& match, Instant now) {
    switch (fault.kind) {
        case FaultKind::reset_before: {
            Reply reply;
            reply.ending = Ending::reset;
            return reply;
        }
        case FaultKind::status:
        case FaultKind::html:
        case FaultKind::block: {
            // An answered call uses up the limit, whatever the answer.
            if (is_under_api(request.path)) count(request, match, now.steady);
            if (fault.kind == FaultKind::html) return html_reply(fault.status);
            if (fault.kind == FaultKind::block) {
                blocked_until_ = now.steady + fault.delay;
                return blocked_reply(request, now);
            }
            const auto& over_limit = world_.fleet().unknowns.over_limit;
            auto reply = fault.status == 429 ? refusal_reply(over_limit, request, now, kRateWindow)
                                             : error_reply(fault.status, request, now);
            reply.delay = fault.delay;
            return reply;
        }
        default: break;
    }
    auto reply = answer(request, match, now);
    if (fault.kind == FaultKind::reset_after) reply.ending = Ending::reset;
    if (fault.kind == FaultKind::slow) reply.delay += fault.delay;
    if (fault.kind == FaultKind::cut) reply.ending = Ending::cut;
    if (fault.kind == FaultKind::bad_json) reply.body.resize(reply.body.size() / 2);
    return reply;
}

Reply Api::control(const Request& request, Instant now) {
    if (request.method == "GET") return json_reply(faults_.describe());
    if (request.method != "PUT") return error_reply(405, request, now);
    auto faults = parse_faults(request.body);
    if (!faults) return message_reply(400, faults.error().message);
    faults_.set(std::move(*faults));
    return json_reply(faults_.describe());
}

Reply Api::refuse_for_pace(const Request& request, Instant now) {
    const auto& limits = world_.fleet().limits;
    over_limit_.count(now.steady);
    if (limits && limits->block &&
        over_limit_.used(now.steady) > static_cast<std::size_t>(limits->block->after)) {
        blocked_until_ = now.steady + limits->block->lasting;
        return blocked_reply(request, now);
    }
    return refusal_reply(world_.fleet().unknowns.over_limit, request, now, kRateWindow);
}

Reply Api::blocked_reply(const Request& request, Instant now) const {
    return refusal_reply(world_.fleet().unknowns.blocked, request, now, blocked_until_ - now.steady);
}

Pace Api::count(const Request& request, const Match& match, SteadyTime now) {
    if (request.method == "GET" || request.method == "HEAD") return limits_.count_read(now);
    const bool creates = match.route && match.operation == Operation::quickjob;
    return creates ? limits_.count_job_create(now) : limits_.count_write(now);
}

}  // namespace runbookd::sandbox
