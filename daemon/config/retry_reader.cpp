#include "config/retry_reader.hpp"

#include <algorithm>

#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

constexpr Range<std::int64_t> kAttempts{1, 20};
constexpr Range<Millis> kDelays{Millis{0}, std::chrono::hours{24}};
constexpr Range<double> kBackoffs{1, 10};

void read_on(const Field& field, runbook::Retry& retry) {
    check_words(field, {"failed", "timeout", "warning"});
    if (!field.is_list()) return;
    const auto names = [&](std::string_view word) {
        const auto& items = field.node->items;
        return std::any_of(items.begin(), items.end(),
                           [&](const NodePtr& item) { return item->text == word; });
    };
    retry.on_failed = names("failed");
    retry.on_timeout = names("timeout");
    retry.on_warning = names("warning");
}

}  // namespace

runbook::Retry read_retry(const Field& field) {
    static const Vocabulary keys{{"attempts", "delay", "backoff", "on"}, {}};
    runbook::Retry retry;
    const auto map = MapReader::open(field, keys);
    if (!map) return retry;
    check_not_empty(*map, "attempts, delay, backoff, on, or several of them");
    if (const auto attempts = map->get("attempts"))
        retry.attempts = read_integer(*attempts, kAttempts).value_or(retry.attempts);
    if (const auto delay = map->get("delay"))
        retry.delay = read_duration(*delay, kDelays).value_or(retry.delay);
    if (const auto backoff = map->get("backoff"))
        retry.backoff = read_decimal(*backoff, kBackoffs).value_or(retry.backoff);
    if (const auto on = map->get("on")) read_on(*on, retry);
    return retry;
}

}  // namespace runbookd::config
