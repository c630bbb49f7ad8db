#include "zones/offset_table.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::zones {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::int64_t kCycle = Millis{std::chrono::days{146'097}}.count();  // 400 years
constexpr std::chrono::years kCycleYears{400};
constexpr std::int64_t kYear = Millis{std::chrono::years{1}}.count();

constexpr std::int64_t begin_of(int year) {
    return Millis{std::chrono::sys_days{std::chrono::year{year} / 1 / 1}.time_since_epoch()}.count();
}
/// Beyond these nothing changes any more: <chrono> has no other years.
constexpr std::int64_t kPast = begin_of(-32'767);
constexpr std::int64_t kFuture = begin_of(32'767);
/// Spans of about 100 days for a usual zone, so that nearly none holds two changes; 8 KiB a zone.
constexpr std::int64_t kMostSpans = 4096;

std::int64_t to_ms(sys_seconds at) { return Millis{at.time_since_epoch()}.count(); }
sys_seconds utc(std::chrono::local_seconds local, seconds offset) {
    return sys_seconds{local.time_since_epoch() - offset};
}

/// The changes of `rule` from the year `first` to the beginning of the year `last`, in the order of time, at
/// most one for an instant: where daylight time ends and begins at once (all-year daylight time), the
/// beginning holds.
std::vector<OffsetChange> changes_of(const TzRule& rule, std::chrono::year first, std::chrono::year last) {
    const auto& daylight = *rule.daylight;
    std::vector<OffsetChange> all;
    for (auto year = first; year <= last; ++year) {
        all.push_back({utc(daylight.start.in(year), rule.standard), daylight.offset});
        all.push_back({utc(daylight.end.in(year), daylight.offset), rule.standard});
    }
    const sys_seconds cut{std::chrono::sys_days{last / 1 / 1}};  // whose equals may be missing
    std::erase_if(all, [&](const OffsetChange& change) { return change.at >= cut; });
    const auto order = [&](const OffsetChange& change) {
        return std::pair(change.at, change.offset == daylight.offset ? 0 : 1);
    };
    std::sort(all.begin(), all.end(),
              [&](const OffsetChange& a, const OffsetChange& b) { return order(a) < order(b); });
    const auto at_once = [](const OffsetChange& a, const OffsetChange& b) { return a.at == b.at; };
    all.erase(std::unique(all.begin(), all.end(), at_once), all.end());
    return all;
}

std::chrono::year year_of(std::int64_t ms) {
    return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(from_unix_ms(ms))}.year();
}

}  // namespace

OffsetTable::OffsetTable(const TzifRules& rules) : known_from_(kPast), known_until_(kFuture) {
    const bool rule_alone = rules.changes.empty() && rules.rule;
    append(INT64_MIN, rule_alone ? rules.rule->standard : rules.first);
    for (const auto& change : rules.changes) append(to_ms(change.at), change.offset);
    if (rules.rule && rules.rule->daylight) {
        append_cycle(*rules.rule, rule_alone ? std::nullopt : std::optional(to_ms(rules.changes.back().at)));
    }
    if (cycle_begin_) known_until_ = *cycle_begin_ + kCycle;
    if (cycle_begin_ && rule_alone) known_from_ = *cycle_begin_;
    begins_.push_back(cycle_begin_ ? known_until_ : INT64_MAX);
    make_index();
}

void OffsetTable::append(std::int64_t begin, seconds offset) {
    if (!offsets_.empty() && offsets_.back() == offset) return;
    begins_.push_back(begin);
    offsets_.push_back(offset);
}

/// The cycle begins two years behind the last change that the file lists, so that listed changes, which need
/// not follow the rule, are out of sight from within; and at a change, so that no stretch crosses its ends.
void OffsetTable::append_cycle(const TzRule& rule, std::optional<std::int64_t> last_listed) {
    const auto from = last_listed.value_or(0);
    const auto year = year_of(from);
    const auto margin = std::chrono::years{6};  // more than the cycle is behind `from`
    for (const auto& change : changes_of(rule, year - std::chrono::years{1}, year + kCycleYears + margin)) {
        const auto at = to_ms(change.at);
        if (at <= from) {
            if (!last_listed) offsets_.back() = change.offset;
            continue;
        }
        if (cycle_begin_ && at >= *cycle_begin_ + kCycle) break;
        append(at, change.offset);
        const bool is_a_change = begins_.back() == at;  // in an all-year rule none is
        if (!cycle_begin_ && is_a_change && at >= from + 2 * kYear) cycle_begin_ = at;
    }
}

void OffsetTable::make_index() {
    if (offsets_.size() < 2) return;
    index_begin_ = begins_[1];
    const auto span = begins_[begins_.size() - 2] - index_begin_;
    while ((span >> index_shift_) >= kMostSpans) ++index_shift_;
    const auto count = static_cast<std::size_t>(span >> index_shift_) + 1;
    std::size_t place = 1;
    for (std::size_t i = 0; i < count; ++i) {
        const auto begin = index_begin_ + (static_cast<std::int64_t>(i) << index_shift_);
        while (begins_[place + 1] <= begin) ++place;
        places_.push_back(static_cast<std::uint16_t>(place));
    }
}

cron::ZoneInterval OffsetTable::within(std::int64_t ms) const {
    std::size_t place = 0;
    if (!places_.empty() && ms >= index_begin_) {
        const auto span = static_cast<std::size_t>((ms - index_begin_) >> index_shift_);
        place = places_[std::min(span, places_.size() - 1)];
        while (begins_[place + 1] <= ms) ++place;
    }
    return {from_unix_ms(begins_[place]), from_unix_ms(begins_[place + 1]), offsets_[place]};
}

cron::ZoneInterval OffsetTable::beyond(std::int64_t ms) const {
    const auto nearest = std::clamp(ms, kPast, kFuture - 1);
    if (!cycle_begin_ || (nearest >= known_from_ && nearest < known_until_)) return within(nearest);
    auto cycles = (nearest - *cycle_begin_) / kCycle;
    if (nearest < *cycle_begin_ + cycles * kCycle) --cycles;
    const Millis moved{cycles * kCycle};
    const auto found = within(nearest - moved.count());
    constexpr auto kFirst = from_unix_ms(kPast);
    constexpr auto kLast = from_unix_ms(kFuture);
    if (ms < kPast) return {UtcTime::min(), kFirst, found.offset};
    if (ms >= kFuture) return {kLast, UtcTime::max(), found.offset};
    return {std::max(found.begin + moved, kFirst), std::min(found.end + moved, kLast), found.offset};
}

}  // namespace runbookd::zones
