#include "datto/seed_requests.hpp"

#include <nlohmann/json.hpp>

#include "datto/addresses.hpp"
#include "datto/requests.hpp"
#include "engine/finder.hpp"

namespace runbookd::datto {
namespace {

using nlohmann::json;

struct Builder {
    const BaseUrl& base;
    const secrets::Vault& vault;
    const engine::ApiCall& call;

    [[nodiscard]] std::string api(std::string_view path) const {
        return base.path + "/api/v2/" + std::string(path);
    }
    [[nodiscard]] Result<Request> get_job(const DattoJobUid& job) const {
        if (job.empty()) return fail(ErrorCode::invalid_input, "a job is read by its uid; it is empty");
        Request request;
        request.target = api("job/") + percent_encoded(job.str());
        return request;
    }
    [[nodiscard]] static tl::unexpected<Error> has_no(const char* what) {
        return fail(ErrorCode::not_supported, std::string("the seed's API has no ") + what);
    }

    Result<Request> operator()(const engine::CreateQuickJob& create) const {
        const auto job = engine::job_in_name(create.job_name);
        if (create.device.empty() || create.component.empty() || !job)
            return fail(ErrorCode::invalid_input,
                        "a quick job needs a device uid, a component uid and a token in its name");
        json body;
        body["componentUid"] = create.component.str();
        body["variables"] = json::object();
        for (const auto& [name, value] : create.variables) {
            auto text = vault.fill_in(value, create.runbook);
            if (!text) return fail(text.error().code, "variable '" + name + "': " + text.error().message);
            body["variables"][name] = std::move(*text);
        }
        Request request;
        request.method = Method::post;
        request.target = api("device/") + percent_encoded(create.device.str()) + "/quickjob";
        request.content_type = "application/json";
        request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
        request.idempotency_key = "rb" + job->str();
        return request;
    }
    Result<Request> operator()(const engine::ReadResult& read) const { return get_job(read.job); }
    Result<Request> operator()(const engine::ReadOutput& read) const { return get_job(read.job); }
    Result<Request> operator()(const engine::ReadComponents& read) const {
        const auto first = with_missing_parameter(api("components"), "max", kPageSize);
        auto target = read.cursor.empty() ? first : next_page_target(base, first, read.cursor);
        if (!target) return tl::unexpected<Error>(std::move(target.error()));
        Request request;
        request.target = std::move(*target);
        return request;
    }
    Result<Request> operator()(const engine::ReadDefaultFilters&) const { return has_no("filters"); }
    Result<Request> operator()(const engine::ReadCustomFilters&) const { return has_no("filters"); }
    Result<Request> operator()(const engine::ReadFilterDevices&) const { return has_no("filters"); }
    Result<Request> operator()(const engine::ReadAlerts&) const { return has_no("alerts"); }
    Result<Request> operator()(const engine::ResolveAlert&) const { return has_no("alerts"); }
    /// The rest is asked for as in the real API.
    template <class Other>
    Result<Request> operator()(const Other&) const {
        return build_request(base, call, vault);
    }
};

}  // namespace

Result<Request> build_seed_request(const BaseUrl& base, const engine::ApiCall& call,
                                   const secrets::Vault& vault) {
    return std::visit(Builder{base, vault, call}, call);
}

}  // namespace runbookd::datto
