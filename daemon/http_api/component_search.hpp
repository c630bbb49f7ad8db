#pragma once
// Finds components as people name them.
#include <string>
#include <vector>

#include "ports/control.hpp"

namespace runbookd::http_api {

/// Those of exactly this name (case ignored) or uid; where there are none, those whose name contains it.
[[nodiscard]] std::vector<ports::KnownComponent> search_components(
    const std::vector<ports::KnownComponent>& all, const std::string& name);
/// The names and uids nearest to one that does not exist.
[[nodiscard]] std::vector<std::string> components_near(const std::vector<ports::KnownComponent>& all,
                                                       const std::string& name);
/// The component's inputs nearest to a name that it does not know: the same in another case first.
[[nodiscard]] std::vector<std::string> inputs_near(const engine::Component& component,
                                                   const std::string& name);

}  // namespace runbookd::http_api
