#pragma once
// What a person means by a name: a device or a component of the account.
#include <string>

#include "base/result.hpp"
#include "engine/fleet.hpp"

namespace runbookd::engine {

/// `wanted`: a uid, or a hostname that only one device has. Borrows from the fleet. Errors: not_found (with
/// the nearest names), conflict (several have the hostname).
[[nodiscard]] Result<const Fleet::Seen*> device_named(const Fleet& fleet, const std::string& wanted);

/// `wanted`: a uid or an exact name, upper and lower case alike. Likewise.
[[nodiscard]] Result<const Component*> component_named(const Fleet& fleet, const std::string& wanted);

}  // namespace runbookd::engine
