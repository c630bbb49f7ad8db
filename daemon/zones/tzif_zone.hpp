#pragma once
// A zone made from the bytes of a TZif file: the machine's own, or one that the store has kept.
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cron/zone.hpp"

namespace runbookd::zones {

/// `tzif` is the whole file. The zone may be shared between threads. Errors: invalid_input, with the name and
/// what is wrong with the file.
[[nodiscard]] Result<std::shared_ptr<const cron::Zone>> from_tzif(std::string name, std::string_view tzif);

}  // namespace runbookd::zones
