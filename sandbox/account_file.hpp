#pragma once
// The keys at the top of the fleet file that say how the account as a whole behaves.
#include <vector>

#include "sandbox/fleet.hpp"
#include "sandbox/yaml_map.hpp"

namespace runbookd::sandbox {

/// Who may call, limits, delays, the activity log, paging, blemishes, the account's variables.
void read_account(YamlMap& top, Fleet& fleet, Problems& problems);
/// The list `variables:` of the account or of a site.
[[nodiscard]] std::vector<AccountVariable> read_variables(YamlMap& owner, Problems& problems);

}  // namespace runbookd::sandbox
