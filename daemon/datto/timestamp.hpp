#pragma once
// The forms in which the API writes an instant (reference, 2.2): epoch milliseconds, epoch seconds with or
// without a fraction, either of them as text, and ISO 8601.
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace runbookd::datto {

/// nullopt for null, for what is no instant, and for the year 1 (the platform's "never"). A number beyond
/// 9,999,999,999 either way counts milliseconds, any other seconds.
[[nodiscard]] std::optional<UtcTime> read_timestamp(const nlohmann::json& value);
[[nodiscard]] std::optional<UtcTime> timestamp_at(const nlohmann::json& object, std::string_view key);

}  // namespace runbookd::datto
