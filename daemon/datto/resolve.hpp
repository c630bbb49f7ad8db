#pragma once
// A host's addresses, within a time: Asio's resolver cannot be interrupted while the system's own is at work,
// so the question is left behind when time is up, and its answer dropped.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "async/timers.hpp"

namespace runbookd::datto {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

/// The error says why, for a person. An address as `host` is taken as it is.
boost::asio::awaitable<tl::expected<Endpoints, std::string>> resolve(async::Timers& timers, std::string host,
                                                                     std::uint16_t port, Millis within);

}  // namespace runbookd::datto
