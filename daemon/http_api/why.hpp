#pragma once
// Why a runbook did what it did on a device: one sentence and the rule that decided, from the rows of the
// record that prove it. Pure.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/time.hpp"
#include "ports/history.hpp"

namespace runbookd::http_api {

struct WhyQuestion {
    std::string runbook;
    UtcTime at{};
    bool is_of_then = false;  ///< a person named the time; else it is now
};

/// `{runbook, device_uid, hostname, at, rule, answer, evidence: [{view, seq, at, says, row}]}`. The facts
/// have one device, and a revision.
[[nodiscard]] nlohmann::ordered_json why_view(const WhyQuestion& question, const ports::WhyFacts& facts);

}  // namespace runbookd::http_api
