#pragma once
// Routes whose handlers wait for nothing.
#include <string_view>

#include "http_api/router.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {

using Immediate = Response (*)(Services, const Request&);
/// GET of `path` is answered at once.
void add_immediate(Router& router, std::string_view path, Services services, Immediate answer);

}  // namespace runbookd::http_api
