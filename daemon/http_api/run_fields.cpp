#include "http_api/run_fields.hpp"

#include <nlohmann/json.hpp>

#include "http_api/fields.hpp"

namespace runbookd::http_api {

Result<RunFields> read_run_fields(const nlohmann::ordered_json& body) {
    auto runbook = required_text(body, "runbook");
    if (!runbook) return tl::unexpected(runbook.error());
    auto devices = texts_field(body, "devices");
    if (!devices) return tl::unexpected(devices.error());
    auto customers = texts_field(body, "customers");
    if (!customers) return tl::unexpected(customers.error());
    auto sites = texts_field(body, "sites");
    if (!sites) return tl::unexpected(sites.error());
    auto variables = variables_field(body);
    if (!variables) return tl::unexpected(variables.error());
    return RunFields{std::move(*runbook), std::move(*devices), std::move(*customers), std::move(*sites),
                     std::move(*variables)};
}

}  // namespace runbookd::http_api
