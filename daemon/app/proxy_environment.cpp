#include "app/proxy_environment.hpp"

#include <cstdlib>
#include <string>

namespace runbookd::app {
namespace {

/// The variable as other programs spell it, in small letters first; empty: not set.
std::string from_environment(const char* small, const char* capital) {
    for (const auto* name : {small, capital})
        if (const auto* value = std::getenv(name); value != nullptr && *value != '\0') return value;
    return {};
}

}  // namespace

http_client::ProxyEnvironment proxy_environment() {
    return {from_environment("https_proxy", "HTTPS_PROXY"), from_environment("no_proxy", "NO_PROXY")};
}

}  // namespace runbookd::app
