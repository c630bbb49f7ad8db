#include "sandbox/operation.hpp"

#include <algorithm>
#include <array>

namespace runbookd::sandbox {
namespace {

constexpr std::array<std::string_view, 19> kNames = {
    "token",         "request_rate", "pagination", "sites",          "devices", "site_devices", "device",
    "components",    "quickjob",     "job",        "job_components", "results", "stdout",       "stderr",
    "activity_logs", "filters",      "alerts",     "alert_resolve",  "other"};
static_assert(kNames.size() == static_cast<std::size_t>(Operation::other) + 1);

}  // namespace

std::string_view name_of(Operation operation) { return kNames[static_cast<std::size_t>(operation)]; }

std::optional<Operation> operation_named(std::string_view name) {
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<Operation>(found - kNames.begin());
}

std::vector<std::string> operation_names() { return {kNames.begin(), kNames.end()}; }

}  // namespace runbookd::sandbox
