#pragma once
// What the events of jobs do not say because it follows from what they say: docs/audit.md has the list.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace runbookd::audit {

/// Adds to `data`, an object, what an event of this kind and time (Unix milliseconds) leaves out. Events of
/// versions that left out nothing stay as they are.
void put_back_left_out(nlohmann::json& data, std::string_view kind, std::int64_t at);

}  // namespace runbookd::audit
