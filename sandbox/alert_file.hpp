#pragma once
// The part `alerts:` of the fleet file.
#include "sandbox/fleet.hpp"
#include "sandbox/yaml_map.hpp"

namespace runbookd::sandbox {

/// Appends to `fleet.alerts`; the devices have been read before.
void read_alerts(YamlMap& top, Fleet& fleet, Problems& problems);

}  // namespace runbookd::sandbox
