#pragma once
// The proxies that the environment names.
#include "http_client/proxy.hpp"

namespace runbookd::app {

[[nodiscard]] http_client::ProxyEnvironment proxy_environment();

}  // namespace runbookd::app
