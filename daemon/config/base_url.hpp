#pragma once
// The addresses in the settings, checked before anything is sent to them.
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runbookd::config {

/// "https://host[:port]" without a slash at the end, from what was written. Plain http only to this machine
/// (127.0.0.0/8, ::1, localhost), because key and secret go there.
/// Errors: invalid_input, a sentence that says what is wrong.
[[nodiscard]] Result<std::string> check_base_url(std::string_view text);
/// "http://[user:password@]host[:port]": what passes through it is encrypted itself. The error repeats
/// nothing of the text.
[[nodiscard]] Result<void> check_proxy_url(std::string_view text);

struct ListenAddress {
    std::string text;  ///< "host:port"
    bool is_loopback = false;
};
/// "127.0.0.1:8780", "[::1]:8780" or "name:8780". Errors as above.
[[nodiscard]] Result<ListenAddress> check_listen_address(std::string_view text);

}  // namespace runbookd::config
