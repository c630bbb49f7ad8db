#include "runtime/daily_verify.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace runbookd::runtime {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

// A start has other things to do first.
constexpr Millis kFirst = minutes{5};
constexpr Millis kPeriod = hours{24};
// A month, and what is younger than its promise at the month's end.
constexpr Millis kLooksBack = hours{24 * 35};
// More would only drown the log; `runbookctl verify` has them all.
constexpr std::size_t kMostLines = 10;

void log_findings(const log::Log& log, const verify::Report& report) {
    for (std::size_t i = 0; i < std::min(report.findings.size(), kMostLines); ++i) {
        const auto& finding = report.findings[i];
        log.event(log::Level::error, "verify.unexplained",
                  {{"runbook", finding.runbook},
                   {"zone", finding.zone},
                   {"nominal", format_utc(finding.nominal)},
                   {"count", std::to_string(finding.count)},
                   {"kind", std::string(verify::to_text(finding.kind))},
                   {"message", finding.message}});
    }
}

}  // namespace

DailyVerify::DailyVerify(ports::Verification& verification, const Clock& clock, async::Timers& timers,
                         const log::Log& log, OnResult on_result)
    : verification_(verification),
      clock_(clock),
      timers_(timers),
      log_(log),
      on_result_(std::move(on_result)) {}

asio::awaitable<void> DailyVerify::run() {
    co_await async::sleep_for(timers_, kFirst);
    for (;;) {
        co_await look();
        co_await async::sleep_for(timers_, kPeriod);
    }
}

asio::awaitable<void> DailyVerify::look() {
    const auto since = clock_.now().utc - kLooksBack;
    const auto report = co_await verification_.verify(since);
    if (!report) {
        log_.event(log::Level::warning, "verify.failed", {{"why", report.error().message}});
        co_return;
    }
    log_findings(log_, *report);
    log_.event(log::Level::info, "verify.done",
               {{"runbooks", std::to_string(report->runbooks)},
                {"instants", std::to_string(report->instants)},
                {"unexplained", std::to_string(report->unexplained)}});
    on_result_({report->until, report->instants, report->unexplained});
}

}  // namespace runbookd::runtime
