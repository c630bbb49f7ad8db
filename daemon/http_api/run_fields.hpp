#pragma once
// The part of a body that says what is to run, or to be planned as if it ran.
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace runbookd::http_api {

struct RunFields {
    std::string runbook;
    std::vector<std::string> devices, customers, sites;  ///< narrow its targets; none: all of them
    std::map<std::string, std::string> variables;        ///< in place of the runbook's
};

/// `runbook`, which must be there, `devices`, `customers`, `sites`, `variables`. Errors (all invalid_input):
/// a field that is not of its type.
[[nodiscard]] Result<RunFields> read_run_fields(const nlohmann::ordered_json& body);

}  // namespace runbookd::http_api
