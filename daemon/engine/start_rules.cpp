#include "engine/start_rules.hpp"

#include <array>
#include <cstdio>

#include "runbook/start_rules.hpp"

namespace runbookd::engine {
namespace {

using std::chrono::days;
using std::chrono::local_days;

std::string date_text(local_days day) {
    const std::chrono::year_month_day date{day};
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

local_days day_of(UtcTime at, const cron::Zone& zone) {
    return local_days{std::chrono::floor<days>(at.time_since_epoch() + zone.at(at).offset)};
}

const cron::Zone& zone_of(const runbook::Meaning& book, const runbook::Lane* lane) {
    if (lane != nullptr) return *lane->zone();
    return book.zone ? *book.zone : cron::utc_zone();
}

}  // namespace

bool is_start_rule(std::string_view rule) { return rule == kAlreadySucceeded || rule == kRamp; }

StartRules::StartRules(const runbook::Meaning& book, const runbook::Lane* lane, const Successes& successes,
                       UtcTime at)
    : book_(book), successes_(successes), at_(at) {
    if (book_.ramp) today_ = day_of(at, zone_of(book, lane));
}

std::optional<StartRules::LeftOut> StartRules::judge(const DeviceUid& device) const {
    if (auto out = judge_once(device)) return out;
    return judge_ramp(device);
}

std::optional<StartRules::LeftOut> StartRules::judge_once(const DeviceUid& device) const {
    if (!book_.once) return std::nullopt;
    const auto last = successes_.last(book_.name, device);
    const auto& within = book_.once->within;
    if (!last || (within && at_ - *last >= *within)) return std::nullopt;
    std::string reason = "it succeeded at " + format_utc(*last) + ", and ";
    reason += within ? "is taken again " + format_duration(*within) + " after that"
                     : std::string("once is enough (once: per_device)");
    return LeftOut{kAlreadySucceeded, std::move(reason)};
}

std::optional<StartRules::LeftOut> StartRules::judge_ramp(const DeviceUid& device) const {
    if (!book_.ramp) return std::nullopt;
    const auto& ramp = *book_.ramp;
    const auto share = ramp.share_on(today_);
    const auto place = runbook::place_in_ramp(book_.name, device.str());
    if (place < share) return std::nullopt;
    std::string reason = today_ < ramp.from
                             ? "the ramp begins on " + date_text(ramp.from)
                             : "the ramp is at " + std::to_string(share) + "% on " + date_text(today_);
    if (const auto* const step = ramp.step_of(place))
        reason += "; this device comes with " + std::to_string(step->percent) + "%, on " +
                  date_text(ramp.from + step->after);
    else
        reason += "; none of its shares takes this device";
    return LeftOut{kRamp, std::move(reason)};
}

}  // namespace runbookd::engine
