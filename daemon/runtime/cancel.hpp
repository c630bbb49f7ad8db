#pragma once
// Which run is meant by a uid that a person calls off.
#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/result.hpp"
#include "ports/history.hpp"

namespace runbookd::runtime {

/// `uid`: of a run, or the beginning of one. Errors: not_found; conflict (it fits several); refused_by_rule
/// (it is a job's).
boost::asio::awaitable<Result<ports::RunLeftovers>> find_run(ports::History& history, std::string uid);

}  // namespace runbookd::runtime
