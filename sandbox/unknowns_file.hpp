#pragma once
// The part `unknowns:` of the fleet file.
#include "sandbox/unknowns.hpp"
#include "sandbox/yaml_map.hpp"

namespace runbookd::sandbox {

/// All defaults where the key is absent.
[[nodiscard]] Unknowns read_unknowns(YamlMap& top);

}  // namespace runbookd::sandbox
