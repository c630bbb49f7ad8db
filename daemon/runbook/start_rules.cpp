#include "runbook/start_rules.hpp"

#include "base/sha256.hpp"

namespace runbookd::runbook {

int Ramp::share_on(std::chrono::local_days day) const {
    int share = 0;
    for (const auto& step : steps)
        if (from + step.after <= day) share = step.percent;
    return share;
}

const Ramp::Step* Ramp::step_of(int place) const {
    for (const auto& step : steps)
        if (place < step.percent) return &step;
    return nullptr;
}

int place_in_ramp(const std::string& runbook, const std::string& device) {
    constexpr std::uint64_t kPercent = 100;
    return static_cast<int>(hash_modulo(runbook, "ramp:" + device, kPercent));
}

}  // namespace runbookd::runbook
