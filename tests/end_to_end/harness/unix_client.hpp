#pragma once
// HTTP over the control socket, as a person's own script would speak it.
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace runbookd::end_to_end {

struct Answer {
    int status = 0;  ///< 0: nobody answered
    std::string body;
    [[nodiscard]] nlohmann::json json() const;
};

[[nodiscard]] Answer http_get(const std::filesystem::path& socket, const std::string& target);
[[nodiscard]] Answer http_post(const std::filesystem::path& socket, const std::string& target,
                               const std::string& body, const std::string& idempotency_key = "");
/// PUT over TCP on loopback: for the sandbox's own calls.
[[nodiscard]] Answer http_put(unsigned short port, const std::string& target, const std::string& body);

}  // namespace runbookd::end_to_end
