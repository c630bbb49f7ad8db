#pragma once
// A notice as the other side wants it.
#include <cstdint>
#include <string>

namespace runbookd::notices {

enum class Format : std::uint8_t {
    json,   ///< the payload as it is
    slack,  ///< an incoming webhook of Slack: {"text": …}, in its mark-up
    teams   ///< a workflow of Microsoft Teams: a message with an adaptive card
};

/// The body of a request, JSON in every format. `payload`: as Notice has it; one that is no JSON object is
/// sent as it is.
[[nodiscard]] std::string body_of(const std::string& payload, Format format);

}  // namespace runbookd::notices
