#pragma once
// GET of a list: the rows of one view of the record, with the filters that all lists have.
#include <string_view>

#include "http_api/routes.hpp"
#include "ports/history.hpp"

namespace runbookd::http_api {

/// Answers `path` with the rows of `view` that read_query's filters leave, newest first.
void add_record_list(Router& router, Services services, std::string_view path, ports::View view);

}  // namespace runbookd::http_api
