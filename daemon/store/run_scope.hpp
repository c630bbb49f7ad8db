#pragma once
// What a starter asked for beyond the runbook, a job's variables, and the devices of a plan, as the JSON
// texts that the store keeps.
#include <map>
#include <string>
#include <vector>

#include "engine/records.hpp"

namespace runbookd::store {

[[nodiscard]] std::string scope_to_json(const engine::RunScope& scope);
/// Text that this room wrote; anything else is a broken database (std::runtime_error).
[[nodiscard]] engine::RunScope scope_from_json(const std::string& text);

[[nodiscard]] std::string overrides_to_json(const runbook::Overrides& overrides);
/// Throws where the text is not of overrides_to_json.
[[nodiscard]] runbook::Overrides overrides_from_json(const std::string& text);

/// Their uids, as a list.
[[nodiscard]] std::string devices_to_json(const std::vector<DeviceUid>& devices);
/// Throws where the text is not of devices_to_json.
[[nodiscard]] std::vector<DeviceUid> devices_from_json(const std::string& text);

[[nodiscard]] std::string variables_to_json(const std::map<std::string, std::string>& variables);
[[nodiscard]] std::map<std::string, std::string> variables_from_json(const std::string& text);

}  // namespace runbookd::store
