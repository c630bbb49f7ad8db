#pragma once
// The words of http_client that this room speaks in.
#include "http_client/http_types.hpp"
#include "http_client/proxy.hpp"
#include "http_client/resolve.hpp"
#include "http_client/retry_after.hpp"
#include "http_client/transport.hpp"
#include "http_client/url.hpp"

namespace runbookd::datto {

using http_client::Authorization;
using http_client::BaseUrl;
using http_client::choose_proxy;
using http_client::Delivery;
using http_client::Endpoints;
using http_client::Exchange;
using http_client::is_loopback;
using http_client::Lookup;
using http_client::Method;
using http_client::percent_encoded;
using http_client::ProxyEnvironment;
using http_client::read_retry_after;
using http_client::Request;
using http_client::Response;
using http_client::Scheme;
using http_client::system_lookup;
using http_client::Transport;
using http_client::TransportFailure;
using http_client::TransportSettings;

}  // namespace runbookd::datto
