#include "sandbox/api.hpp"

#include <nlohmann/json.hpp>

#include "sandbox/call.hpp"
#include "sandbox/seed_views.hpp"

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

Api::Api(World& world, AccessLog& access_log, TrafficLog& traffic)
    : world_(world),
      access_log_(access_log),
      traffic_(traffic),
      limits_(world.fleet().limits),
      tokens_(world.fleet()) {
    faults_.set(world.fleet().faults);
}

Reply Api::handle(const Request& request, Instant now) {
    world_.advance(now);
    const auto dialect = dialect_of(request);
    const Arrival arrival{request, dialect, find_route(dialect, request.method, request.path), now};
    const auto operation = arrival.match.operation;
    const bool controls = request.path == kFaultsPath;
    const auto fault = controls ? std::nullopt : faults_.strike(operation);
    auto reply = controls ? control(request, now) : fault ? answer_with(*fault, arrival) : answer(arrival);
    const auto status = reply.ending == Ending::reset ? 0 : reply.status;
    access_log_.request(now.utc, request.method, request.path, request.query, operation, status);
    traffic_.exchange(now.utc, request, operation, reply, fault ? name_of(fault->kind) : std::string_view{});
    return reply;
}

Dialect Api::dialect_of(const Request& request) const {
    const auto& fleet = world_.fleet();
    if (fleet.dialects == Dialects::datto) return Dialect::datto;
    if (fleet.dialects == Dialects::seed) return Dialect::seed;
    return request.authorization == "Bearer " + fleet.seed.token ? Dialect::seed : Dialect::datto;
}

bool Api::may_enter(const Arrival& arrival) const {
    const auto& authorization = arrival.request.authorization;
    if (arrival.dialect == Dialect::seed) return authorization == "Bearer " + world_.fleet().seed.token;
    return tokens_.accept(authorization, arrival.now.steady);
}

Reply Api::answer(const Arrival& arrival) {
    const auto& request = arrival.request;
    if (arrival.match.operation == Operation::token)
        return request.method == "POST" ? tokens_.grant(request, arrival.now) : refuse(405, arrival);
    return is_under_api(request.path) ? answer_api(arrival) : refuse(404, arrival);
}

Reply Api::answer_api(const Arrival& arrival) {
    const auto& [request, dialect, match, now] = arrival;
    if (now.steady < blocked_until_) return refuse_blocked(arrival);
    if (request.path == "/api/auth/oauth/token") return refuse(404, arrival);
    const bool open = match.route && match.route->access == Access::open;
    if (!open && !may_enter(arrival)) return refuse(401, arrival);
    const auto pace = open ? Pace::normal : count(arrival);
    if (pace == Pace::refused)
        return blocks(now.steady) ? refuse_blocked(arrival) : refuse_over_limit(arrival);
    if (!match.route) return refuse(match.path_known ? 405 : 404, arrival);
    const auto query = parse_form(request.query);
    auto reply = match.route->answer(Call{world_, limits_, keys_, request, match.parts, query, now});
    if (pace == Pace::slowed) reply.delay += kSlowedBy;
    return reply;
}

Reply Api::answer_with(const Fault& fault, const Arrival& arrival) {
    switch (fault.kind) {
        case FaultKind::status:
        case FaultKind::html:
        case FaultKind::block:
        case FaultKind::reset_before: return answer_without_effect(fault, arrival);
        default: break;
    }
    auto reply = answer(arrival);
    if (fault.kind == FaultKind::reset_after) reply.ending = Ending::reset;
    if (fault.kind == FaultKind::slow) reply.delay += fault.delay;
    if (fault.kind == FaultKind::cut) reply.ending = Ending::cut;
    if (fault.kind == FaultKind::bad_json) reply.body.resize(reply.body.size() / 2);
    return reply;
}

Reply Api::answer_without_effect(const Fault& fault, const Arrival& arrival) {
    if (fault.kind == FaultKind::reset_before) {
        Reply reply;
        reply.ending = Ending::reset;
        return reply;
    }
    // An answered call uses up the limit, whatever the answer.
    if (is_under_api(arrival.request.path)) count(arrival);
    if (fault.kind == FaultKind::html) return html_reply(fault.status);
    if (fault.kind == FaultKind::block) {
        blocked_until_ = arrival.now.steady + fault.delay;
        return refuse_blocked(arrival);
    }
    auto reply = fault.status == 429 ? refuse_over_limit(arrival) : refuse(fault.status, arrival);
    reply.delay = fault.delay;
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

Reply Api::refuse(int status, const Arrival& arrival) const {
    return arrival.dialect == Dialect::seed ? seed_error(status)
                                            : error_reply(status, arrival.request, arrival.now);
}

Reply Api::refuse_over_limit(const Arrival& arrival) const {
    if (arrival.dialect == Dialect::datto)
        return refusal_reply(world_.fleet().unknowns.over_limit, arrival.request, arrival.now, kRateWindow);
    auto reply = seed_error(429);
    reply.headers["Retry-After"] =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(kRateWindow).count());
    return reply;
}

Reply Api::refuse_blocked(const Arrival& arrival) const {
    return refusal_reply(world_.fleet().unknowns.blocked, arrival.request, arrival.now,
                         blocked_until_ - arrival.now.steady);
}

Pace Api::count(const Arrival& arrival) {
    const auto now = arrival.now.steady;
    const auto& method = arrival.request.method;
    if (method == "GET" || method == "HEAD") return limits_.count_read(now);
    return limits_.count_write(arrival.match.route ? arrival.match.route->write : std::string_view{}, now);
}

bool Api::blocks(SteadyTime now) {
    over_limit_.count(now);
    const auto& limits = world_.fleet().limits;
    if (!limits || !limits->block) return false;
    if (over_limit_.used(now) <= static_cast<std::size_t>(limits->block->after)) return false;
    blocked_until_ = now + limits->block->lasting;
    return true;
}

}  // namespace runbookd::sandbox
