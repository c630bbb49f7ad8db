#pragma once
// Why a runbook will do on a device what it will do, at a time to come: from what a run would do. Pure.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/preview.hpp"

namespace runbookd::http_api {

struct ComingDevice {
    std::string uid;
    std::string hostname;
};

/// As why_view; the evidence is one row of the plan, where the device is in it.
[[nodiscard]] nlohmann::ordered_json coming_why_view(const engine::Preview& preview,
                                                     const ComingDevice& device);

}  // namespace runbookd::http_api
