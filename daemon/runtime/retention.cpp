#include "runtime/retention.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace runbookd::runtime {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

// A start has other things to do first, and `verify` comes at five.
constexpr Millis kFirst = minutes{20};
constexpr Millis kPeriod = hours{24};

std::optional<UtcTime> before(UtcTime now, std::optional<Millis> kept) {
    if (!kept) return std::nullopt;
    return now - *kept;
}

}  // namespace

Retention::Retention(KeptFor kept, ports::Pruning& store, const Clock& clock, async::Timers& timers,
                     const log::Log& log, TimeWitness witness)
    : kept_(kept),
      store_(store),
      clock_(clock),
      timers_(timers),
      log_(log),
      witness_(std::move(witness)),
      started_at_(clock.now().steady) {}

UtcTime Retention::certain_time(Instant now) const {
    if (!witness_.newest) return now.utc;
    return std::min(now.utc, *witness_.newest + (now.steady - started_at_));
}

ports::Horizons Retention::horizons(UtcTime now) const {
    return {before(now, kept_.outputs), before(now, kept_.history), before(now, kept_.events)};
}

asio::awaitable<void> Retention::run() {
    if (!kept_.outputs && !kept_.history && !kept_.events) co_return;
    co_await async::sleep_for(timers_, kFirst);
    for (;;) {
        co_await prune_by_itself();
        co_await async::sleep_for(timers_, kPeriod);
    }
}

asio::awaitable<void> Retention::prune_by_itself() {
    const std::string nobody;
    const auto report = co_await prune(Mode::remove, nobody);
    if (!report) {
        log_.event(log::Level::warning, "record.not_pruned", {{"why", report.error().message}});
        co_return;
    }
    const auto& counts = report->counts;
    if (!counts.any()) co_return;
    log_.event(log::Level::info, "record.pruned",
               {{"outputs", std::to_string(counts.outputs)},
                {"runs", std::to_string(counts.runs)},
                {"jobs", std::to_string(counts.jobs)},
                {"events", std::to_string(counts.events)},
                {"longest_ms", std::to_string(counts.longest_ms)}});
}

asio::awaitable<Result<ports::PruneReport>> Retention::prune(Mode mode, std::string actor) {
    if (mode == Mode::remove && witness_.is_doubted())
        co_return fail(ErrorCode::conflict,
                       "nothing is removed while the time is in doubt; `runbookctl status` says why it is");
    const auto now = clock_.now();
    ports::PruneReport report;
    report.horizons = horizons(certain_time(now));
    Result<ports::PruneCounts> counts;
    if (mode == Mode::dry_run)
        counts = co_await store_.would_prune(report.horizons);
    else
        counts = co_await store_.prune(report.horizons, now.utc, std::move(actor));
    if (!counts) co_return tl::unexpected<Error>(counts.error());
    report.counts = *counts;
    co_return report;
}

}  // namespace runbookd::runtime
