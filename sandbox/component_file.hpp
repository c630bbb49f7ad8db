#pragma once
// The `components:` of the fleet file.
#include "sandbox/fleet.hpp"
#include "sandbox/yaml_map.hpp"

namespace runbookd::sandbox {

void read_components(YamlMap& top, Fleet& fleet, Problems& problems);

}  // namespace runbookd::sandbox
