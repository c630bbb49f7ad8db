#include "config/guard_reader.hpp"

#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

constexpr Range<std::int64_t> kDevices{1, 1'000'000};
constexpr Range<std::int64_t> kDevicesOrNone{0, 1'000'000};

Boxed<runbook::Guard::MaxChange> read_max_change(const Field& field) {
    static const Vocabulary keys{{"share", "at_least"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return {};
    runbook::Guard::MaxChange change;
    if (const auto at_least = map->get("at_least"))
        change.at_least = read_integer(*at_least, kDevicesOrNone).value_or(change.at_least);
    const auto share = map->get("share");
    if (!share) map->missing("share", "share: 30%");
    const auto read = share ? read_share(*share) : std::nullopt;
    if (!read) return {};
    change.share = read->percent;
    return change;
}

}  // namespace

runbook::Guard read_guard(const Field& field) {
    static const Vocabulary keys{{"max", "min", "max_change"}, {}};
    runbook::Guard guard;
    const auto map = MapReader::open(field, keys);
    if (!map) return guard;
    check_not_empty(*map, "max, min, max_change, or several of them");
    if (const auto max = map->get("max")) guard.max = read_integer(*max, kDevices);
    if (const auto min = map->get("min")) {
        guard.min = read_integer(*min, kDevicesOrNone).value_or(guard.min);
        if (guard.max && guard.min > *guard.max)
            min->error({.code = "bad_value",
                        .message = "no run could ever have that many devices: 'max' is " +
                                   std::to_string(*guard.max),
                        .expected = "at most 'max'"});
    }
    if (const auto change = map->get("max_change")) guard.max_change = read_max_change(*change);
    return guard;
}

}  // namespace runbookd::config
