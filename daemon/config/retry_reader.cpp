#include "config/retry_reader.hpp"

#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

constexpr Range<std::int64_t> kAttempts{1, 20};
constexpr Range<Millis> kDelays{Millis{0}, std::chrono::hours{24}};
constexpr Range<double> kBackoffs{1, 10};

}  // namespace

void check_retry(const Field& field) {
    static const Vocabulary keys{{"attempts", "delay", "backoff", "on"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    check_not_empty(*map, "attempts, delay, backoff, on, or several of them");
    if (const auto delay = map->get("delay")) (void)read_duration(*delay, kDelays);
    if (const auto backoff = map->get("backoff")) (void)read_decimal(*backoff, kBackoffs);
    if (const auto on = map->get("on")) check_words(*on, {"failed", "timeout", "warning"});
    const auto attempts = map->get("attempts");
    const auto count = attempts ? read_integer(*attempts, kAttempts) : std::nullopt;
    if (count && *count > 1) attempts->not_supported("a second attempt");
}

}  // namespace runbookd::config
