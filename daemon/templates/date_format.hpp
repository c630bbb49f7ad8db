#pragma once
// The date filter's format: the part of strftime that means the same in every locale.
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "cron/zone.hpp"

namespace runbookd::templates {

/// What a format may hold, for messages and docs.
inline constexpr std::string_view kDateConversions = "%Y %y %m %d %j %H %M %S %F %T %G %V %u %a %b %z %%";

/// Where the first conversion stands that is not one of those; nullopt: the format is good.
[[nodiscard]] std::optional<std::size_t> find_bad_conversion(std::string_view format);

/// `at` on the zone's clocks, in a format that was found good. Names of days and months are English.
[[nodiscard]] std::string format_date(std::string_view format, UtcTime at, const cron::Zone& zone);

}  // namespace runbookd::templates
