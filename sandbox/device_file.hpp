#pragma once
// The `devices:` of one site in the fleet file.
#include "sandbox/fleet.hpp"
#include "sandbox/yaml_map.hpp"

namespace runbookd::sandbox {

/// Reads `devices:` of `site_map` into `fleet`, for the site that was added last.
void read_devices(YamlMap& site_map, Fleet& fleet, Problems& problems);

}  // namespace runbookd::sandbox
