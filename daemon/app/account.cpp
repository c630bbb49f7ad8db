#include "app/account.hpp"

#include <cstdint>
#include <random>
#include <utility>

#include "app/absent_api.hpp"
#include "app/account_client.hpp"

namespace runbookd::app {
namespace {

engine::EngineSettings engine_settings(const config::Settings& settings,
                                       const config::AccountSettings& account) {
    engine::EngineSettings out;
    out.account = account.name;
    switch (account.limits.mode) {
        case config::Limits::Mode::auto_detect: out.limits_source = engine::LimitsSource::upstream; break;
        case config::Limits::Mode::fixed: out.limits_source = engine::LimitsSource::fixed; break;
        case config::Limits::Mode::off: out.limits_source = engine::LimitsSource::off; break;
    }
    out.limits = {account.limits.reads, account.limits.writes, account.limits.creates};
    out.budget_share = account.budget_share;
    switch (account.follow) {
        case config::Follow::automatic: out.follow = engine::FollowMode::automatic; break;
        case config::Follow::results: out.follow = engine::FollowMode::results; break;
        case config::Follow::activity_log: out.follow = engine::FollowMode::activity_log; break;
    }
    out.fleet_refresh = account.fleet_refresh;
    out.unknown_after = settings.unknown_after;
    out.output_max_bytes = static_cast<std::size_t>(settings.output_max_bytes);
    return out;
}

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

Account::Account(engine::EngineSettings settings, std::unique_ptr<ports::RmmApi> api, std::string absence,
                 const Common& common)
    : settings_(std::move(settings)),
      absence_(std::move(absence)),
      api_(std::move(api)),
      engine_(settings_, common.wheel, random_seed()),
      loop_(engine_, common.store, *api_, common.clock, common.timers, common.tasks, common.log,
            common.vault),
      control_(loop_, common.store, common.store, common.clock, common.timers.executor(), common.vault,
               settings_.account, RUNBOOKD_VERSION),
      planning_(loop_, common.clock, common.timers.executor(), common.read_text) {}

Result<std::unique_ptr<Account>> Account::make(const config::Settings& settings,
                                               const config::AccountSettings& account, const Common& common) {
    auto api = make_client(account, common.vault, common.timers, common.clock);
    if (!api) return tl::unexpected<Error>(api.error());
    return std::unique_ptr<Account>(
        new Account(engine_settings(settings, account), std::move(*api), "", common));
}

std::unique_ptr<Account> Account::make_absent(const config::Settings& settings, const std::string& name,
                                              std::string absence, const Common& common) {
    config::AccountSettings account;
    account.name = name;
    return std::unique_ptr<Account>(new Account(engine_settings(settings, account),
                                                std::make_unique<AbsentApi>(), std::move(absence), common));
}

}  // namespace runbookd::app
