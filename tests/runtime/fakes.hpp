#pragma once
// What the runtime's tests stand on: a clock that stands still, an API that answers at once, a store and a
// history in memory.
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fakes/engine_bench.hpp"
#include "ports/history.hpp"
#include "ports/rmm_api.hpp"
#include "ports/store.hpp"

namespace runbookd::runtime {

namespace asio = boost::asio;

/// Far ahead of the machine's, so that no timer of the operating system comes due by itself.
class StillClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return at_; }
    void pass(Millis span) {
        at_.utc += span;
        at_.steady += span;
    }

private:
    Instant at_{fakes::test_start(), SteadyTime{std::chrono::hours{24 * 365 * 100}}};
};

/// Answers at once, or, where told to, never.
class FakeApi final : public ports::RmmApi {
public:
    std::function<bool(const engine::ApiCall&)> hangs = [](const engine::ApiCall&) { return false; };
    std::vector<engine::Device> devices{fakes::windows_server("d1", "ACME-01")};
    bool is_dead = false;  ///< nobody answers
    bool has_log = false;  ///< the activity log can be read, and is empty
    std::vector<engine::ApiCall> calls;
    int cancelled = 0;

    asio::awaitable<engine::ApiResult> perform(engine::ApiCall call) override {
        calls.push_back(call);
        if (hangs(call)) {
            const auto loop = co_await asio::this_coro::executor;
            asio::steady_timer never(loop, asio::steady_timer::time_point::max());
            boost::system::error_code woken;
            co_await never.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            ++cancelled;
            co_return fakes::failure(engine::FailureKind::lost);
        }
        co_return answer(call);
    }

private:
    [[nodiscard]] engine::ApiResult answer(const engine::ApiCall& call) const {
        if (is_dead) return fakes::failure(engine::FailureKind::not_sent);
        if (std::holds_alternative<engine::ReadRequestRate>(call)) return engine::RequestRate{};
        if (std::holds_alternative<engine::ReadSites>(call))
            return engine::Page<engine::Site>{{{SiteUid{"s1"}, "Acme HQ", false}}, ""};
        if (std::holds_alternative<engine::ReadDevices>(call))
            return engine::Page<engine::Device>{devices, ""};
        if (std::holds_alternative<engine::ReadComponents>(call))
            return engine::Page<engine::Component>{
                {{ComponentUid{"c1"}, "Clean", "", "", {{"days", "string", "30", "", true}}}}, ""};
        if (has_log && std::holds_alternative<engine::SearchActivities>(call))
            return engine::Page<engine::JobActivity>{};
        if (std::holds_alternative<engine::CreateQuickJob>(call))
            return engine::CreatedJob{DattoJobUid{"j1"}};
        return engine::JobResult{};
    }
};

class FakeStore final : public ports::Store {
public:
    engine::Batch records;
    bool hangs = false;

    asio::awaitable<void> commit(engine::Batch batch) override {
        for (auto& record : batch) records.push_back(std::move(record));
        if (!hangs) co_return;
        const auto loop = co_await asio::this_coro::executor;
        asio::steady_timer never(loop, asio::steady_timer::time_point::max());
        boost::system::error_code woken;
        co_await never.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    asio::awaitable<Result<std::vector<engine::LastSuccess>>> successes(std::string runbook) override {
        asked.push_back(std::move(runbook));
        if (std::exchange(refuses_once, false)) co_return fail(ErrorCode::unavailable, "the disk is away");
        co_return succeeded;
    }
    std::vector<engine::LastSuccess> succeeded;
    std::vector<std::string> asked;  ///< runbooks
    bool refuses_once = false;
    [[nodiscard]] std::string trouble() const override { return ""; }

    template <class R>
    [[nodiscard]] std::size_t count() const {
        std::size_t found = 0;
        for (const auto& record : records) found += std::holds_alternative<R>(record) ? 1 : 0;
        return found;
    }
};

/// Knows one run and what it left, and one job that nobody knows about.
class FakeHistory final : public ports::History {
public:
    Result<ports::RunLeftovers> left;
    ports::SettledJob settled;

    asio::awaitable<Result<ports::Rows>> query(ports::Query) override { co_return ports::Rows{}; }
    asio::awaitable<Result<std::optional<std::string>>> output(std::string, bool) override {
        co_return std::optional<std::string>{};
    }
    asio::awaitable<Result<ports::Rows>> job_by_uid(std::string) override { co_return ports::Rows{}; }
    asio::awaitable<Result<ports::Rows>> revision(std::string, std::optional<std::int64_t>) override {
        co_return ports::Rows{};
    }
    asio::awaitable<Result<ports::Rows>> coverage(ports::CoverageQuery) override { co_return ports::Rows{}; }
    asio::awaitable<Result<ports::WhyFacts>> why(ports::WhyQuery) override { co_return ports::WhyFacts{}; }
    asio::awaitable<Result<ports::RunLeftovers>> leftovers(std::string) override { co_return left; }
    asio::awaitable<Result<ports::SettledJob>> settling(std::string) override { co_return settled; }
    asio::awaitable<Result<ports::Rows>> keyed_job(std::string, std::string) override {
        co_return ports::Rows{};
    }
    asio::awaitable<Result<ports::Rows>> keyed_jobs(ports::KeyedQuery) override { co_return ports::Rows{}; }
    asio::awaitable<Result<ports::Rows>> output_groups(std::string, std::int64_t) override {
        co_return ports::Rows{};
    }
    asio::awaitable<Result<ports::Rows>> output_devices(std::string, std::int64_t, std::int64_t) override {
        co_return ports::Rows{};
    }
    asio::awaitable<Result<ports::Rows>> collected(ports::CollectedQuery) override {
        co_return ports::Rows{};
    }
};

}  // namespace runbookd::runtime
