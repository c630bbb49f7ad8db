#pragma once
#include <string>

#include "http_api/message.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {

/// 404, with the nearest names of those in force.
[[nodiscard]] Response no_such_runbook(Services services, const std::string& name);

}  // namespace runbookd::http_api
