#include "app/daemon.hpp"

#include <malloc.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "app/all_accounts.hpp"
#include "app/notices.hpp"
#include "app/proxy_environment.hpp"
#include "app/reloader.hpp"
#include "app/runbook_source.hpp"
#include "app/supervisor.hpp"
#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "base/clock.hpp"
#include "clock_watch/clock_watch.hpp"
#include "clock_watch/kernel_clock.hpp"
#include "config/settings.hpp"
#include "folder_watch/folder_watch.hpp"
#include "http_api/server.hpp"
#include "log/log.hpp"
#include "runtime/accounts_control.hpp"
#include "runtime/accounts_planning.hpp"
#include "runtime/clock_feed.hpp"
#include "runtime/daily_verify.hpp"
#include "runtime/notifier.hpp"
#include "runtime/retention.hpp"
#include "runtime/verifier.hpp"
#include "secrets/vault.hpp"
#include "store/sqlite_store.hpp"
#include "timer_wheel/timer_wheel.hpp"
#include "webhooks/sender.hpp"
#include "zones/zones.hpp"

namespace runbookd::app {
namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

// systemd's default for a stop is 90 s; a create that has no answer within this is looked for at the next
// start.
constexpr Millis kStopGrace = seconds{5};
constexpr Millis kStoreGrace = seconds{5};
constexpr Millis kTasksGrace = seconds{2};
// By then what a start or a reload wrote is on disk.
constexpr Millis kUntilWritten = seconds{10};

void print(const std::string& line) { std::fprintf(stderr, "runbookd: %s\n", line.c_str()); }

log::Log make_log(const config::Settings& settings) {
    return log::Log(static_cast<log::Level>(settings.log_level),
                    static_cast<log::Format>(settings.log_format));
}

std::string what_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& thrown) {
        return thrown.what();
    } catch (...) {
        return "an unknown exception";
    }
}

/// Reads the settings and prints what stands against them; absent: the daemon cannot run on these.
std::optional<config::Settings> settings_or_complaint(const std::filesystem::path& file,
                                                      zones::Zones& zones) {
    auto loaded = config::load_settings(file, zones);
    for (const auto& diagnostic : loaded.diagnostics) print(config::to_line(diagnostic));
    return std::move(loaded.settings);
}

/// Everything that lives as long as the loop runs, in the order in which it is built; torn down in reverse.
class Daemon {
public:
    Daemon(std::filesystem::path config_file, config::Settings settings, zones::Zones& zones)
        : config_file_(std::move(config_file)),
          settings_(std::move(settings)),
          zones_(zones),
          vault_(declared_secrets(settings_)),
          log_(make_log(settings_)),
          wheel_(async::to_tick(clock_.now().steady)),
          timers_(loop_.get_executor(), clock_, wheel_),
          tasks_(loop_.get_executor(),
                 [this](const std::string& task, std::exception_ptr error) {
                     give_up(task + ": " + what_of(error));
                 }),
          signals_(loop_, SIGTERM, SIGINT, SIGHUP),
          accounts_(settings_, zones_) {
        log_.set_redaction([this](std::string line) { return vault_.redact(std::move(line)); });
    }

    ~Daemon() { leave(); }
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    [[nodiscard]] int run();

private:
    [[nodiscard]] Result<void> build();
    [[nodiscard]] Result<void> open_store();
    void start();
    void tell_in_force() const;
    void make_reloader();
    void make_notifier();
    void watch_folder();
    void report(const FoundRunbooks& found);
    [[nodiscard]] std::vector<std::string> newly_compared(const FoundRunbooks& found);
    asio::awaitable<void> learn_last_targets(std::vector<std::string> runbooks);
    void give_up(const std::string& why);
    asio::awaitable<void> watch_signals();
    asio::awaitable<void> shut_down();
    asio::awaitable<void> give_back_memory();
    void leave();

    std::filesystem::path config_file_;
    config::Settings settings_;
    zones::Zones& zones_;
    secrets::Vault vault_;
    log::Log log_;
    SystemClock clock_;
    asio::io_context loop_{1};
    timer_wheel::TimerWheel wheel_;
    async::Timers timers_;
    async::TaskGroup tasks_;
    asio::signal_set signals_;
    std::unique_ptr<store::SqliteStore> store_;
    AllAccounts accounts_;
    clock_watch::KernelClock kernel_clock_;
    std::unique_ptr<runtime::ClockFeed> clock_feed_;
    std::unique_ptr<clock_watch::ClockWatch> clock_watch_;
    std::unique_ptr<runtime::AccountsControl> control_;
    std::unique_ptr<runtime::AccountsPlanning> planning_;
    std::unique_ptr<runtime::Verifier> verifier_;
    std::unique_ptr<runtime::DailyVerify> daily_verify_;
    std::unique_ptr<runtime::Retention> retention_;
    std::unique_ptr<webhooks::Sender> webhooks_;
    std::unique_ptr<runtime::Notifier> notifier_;
    std::unique_ptr<Reloader> reloader_;
    std::unique_ptr<folder_watch::FolderWatch> folder_watch_;
    std::unique_ptr<http_api::Server> server_;
    std::set<std::string> compared_;  // runbooks whose last runs the engine knows, for their guards
    std::vector<std::string> settings_problems_;  // of the last reload: what was kept as it was
    int exit_status_ = 0;
    bool is_leaving_ = false;
};

Result<void> Daemon::open_store() {
    store::StoreCallbacks callbacks;
    callbacks.on_trouble = [this](const std::string& why) {
        if (why.empty())
            log_.event(log::Level::info, "store.recovered", {{"path", settings_.store_path.string()}});
        else
            log_.event(log::Level::error, "store.refuses",
                       {{"path", settings_.store_path.string()}, {"why", why}});
    };
    callbacks.on_fatal = [this](const std::string& why) { give_up("store: " + why); };
    std::optional<store::SigningKey> key;
    if (!settings_.signing_key.empty()) {
        auto read = store::SigningKey::from_pem(settings_.signing_key.reveal());
        if (!read) return fail(read.error().code, "signing_key: " + read.error().message);
        key = std::move(*read);
    }
    auto opened = store::SqliteStore::open(settings_.store_path.string(), loop_.get_executor(),
                                           std::move(callbacks), std::move(key));
    if (!opened) return tl::unexpected<Error>(opened.error());
    store_ = std::move(*opened);
    return {};
}

Result<void> Daemon::build() {
    if (auto opened = open_store(); !opened) return opened;
    const Common common{wheel_, timers_, clock_,  tasks_,
                        log_,   vault_,  *store_, text_checker(settings_, zones_)};
    if (auto made = accounts_.make(common); !made) return made;
    clock_feed_ = std::make_unique<runtime::ClockFeed>(accounts_.served(), kernel_clock_, clock_, timers_);
    clock_watch_ = std::make_unique<clock_watch::ClockWatch>(
        timers_, clock_, kernel_clock_,
        clock_watch::ClockWatch::Callbacks{[this] { clock_feed_->tell(); },
                                           [this](const std::string& reason) {
                                               log_.event(log::Level::warning, "clock.deaf",
                                                          {{"message", reason}});
                                           }});
    control_ = std::make_unique<runtime::AccountsControl>(accounts_.served(), *store_, loop_.get_executor());
    planning_ = std::make_unique<runtime::AccountsPlanning>(accounts_.served(), clock_,
                                                            text_checker(settings_, zones_));
    verifier_ =
        std::make_unique<runtime::Verifier>(*store_, text_reader(settings_), clock_, loop_.get_executor());
    daily_verify_ = std::make_unique<runtime::DailyVerify>(
        *verifier_, clock_, timers_, log_,
        [this](const ports::VerifyStatus& result) { control_->set_verified(result); });
    control_->on_restore_accepted([this] { store_->accept_restore(); });
    const auto& kept = settings_.retention;
    retention_ = std::make_unique<runtime::Retention>(
        runtime::KeptFor{kept.outputs, kept.history, kept.events}, *store_, clock_, timers_, log_,
        runtime::TimeWitness{accounts_.newest(), [this] { return accounts_.served().is_clock_doubted(); }});
    make_notifier();
    make_reloader();
    http_api::ServerSettings server;
    server.socket_path = settings_.socket_path.string();
    server.version = RUNBOOKD_VERSION;
    server.on_problem = [this](const std::string& problem) {
        log_.event(log::Level::warning, "control.problem", {{"message", problem}});
    };
    server.redact = [this](std::string body) { return vault_.redact(std::move(body)); };
    const http_api::Doors doors{*control_, *store_, *verifier_, *planning_, *reloader_, *retention_};
    server_ = std::make_unique<http_api::Server>(loop_.get_executor(), timers_, doors, std::move(server));
    if (auto listening = server_->listen(); !listening) return listening;
    if (!server_->note().empty())
        log_.event(log::Level::warning, "control.note", {{"message", server_->note()}});
    return {};
}

void Daemon::report(const FoundRunbooks& found) {
    for (const auto& line : found.warnings)
        log_.event(log::Level::warning, "runbook.warning", {{"message", line}});
    for (const auto& line : found.errors)
        log_.event(log::Level::error, "runbook.refused", {{"message", line}});
    auto problems = settings_problems_;
    problems.insert(problems.end(), found.errors.begin(), found.errors.end());
    control_->set_file_problems(std::move(problems));
}

/// Runbooks whose guard compares with the last run, where that has not been read yet.
std::vector<std::string> Daemon::newly_compared(const FoundRunbooks& found) {
    std::vector<std::string> names;
    for (const auto& runbook : found.good)
        if (runbook.guard.max_change && compared_.insert(runbook.name).second) names.push_back(runbook.name);
    return names;
}

asio::awaitable<void> Daemon::learn_last_targets(std::vector<std::string> runbooks) {
    auto lanes = co_await store_->last_targets(runbooks);
    if (!lanes) {
        for (const auto& name : runbooks) compared_.erase(name);
        log_.event(log::Level::error, "guard.not_informed", {{"message", lanes.error().message}});
        co_return;
    }
    accounts_.learn_last_targets(*lanes, clock_.now());
}

void Daemon::start() {
    if (settings_.runbooks_are_watched) watch_folder();
    auto found = find_runbooks(settings_, vault_, zones_);
    report(found);
    auto last_targets = store_->load_last_targets(newly_compared(found));
    if (!last_targets) throw std::runtime_error(last_targets.error().message);
    accounts_.learn_last_targets(*last_targets, clock_.now());
    server_->start(tasks_);
    tasks_.spawn("signals", [this] { return watch_signals(); });
    tasks_.spawn("daily verify", [this] { return daily_verify_->run(); });
    tasks_.spawn("retention", [this] { return retention_->run(); });
    tasks_.spawn("watchdog", [this] { return feed_watchdog(timers_); });
    keep_in_doubt(found, accounts_.recovered());
    clock_feed_->tell();
    if (const auto& why = store_->restored(); !why.empty()) {
        log_.event(log::Level::error, "store.restored",
                   {{"path", settings_.store_path.string()}, {"why", why}});
        accounts_.hold_for_restore(why, clock_.now());
    }
    accounts_.start(std::move(found), clock_.now());
    clock_watch_->start(tasks_, clock_watch::open_wall_timer());
    if (folder_watch_) folder_watch_->start(tasks_);
    tasks_.spawn("clock feed", [this] { return clock_feed_->run(); });
    tasks_.spawn("notices", [this] { return notifier_->run(); });
    std::string names;
    for (const auto& account : settings_.accounts) names += (names.empty() ? "" : ", ") + account.name;
    log_.event(log::Level::info, "daemon.started",
               {{"version", RUNBOOKD_VERSION},
                {settings_.accounts.size() == 1 ? "account" : "accounts", names},
                {"runbooks", std::to_string(accounts_.runbooks_in_force())},
                {"store", settings_.store_path.string()},
                {"socket", settings_.socket_path.string()}});
    tasks_.spawn("memory", [this] { return give_back_memory(); });
    tell_in_force();
}

void Daemon::make_notifier() {
    webhooks::SenderSettings sender;
    sender.environment = proxy_environment();
    sender.redact = [this](std::string body) { return vault_.redact(std::move(body)); };
    webhooks_ = std::make_unique<webhooks::Sender>(timers_, clock_, std::move(sender));
    webhooks_->renew(notice_targets(settings_));
    const runtime::Notifier::Parts parts{*store_, *webhooks_, clock_, timers_, tasks_, log_};
    notifier_ = std::make_unique<runtime::Notifier>(
        parts, [this] { return notify_rules(accounts_.served()); },
        [this](std::vector<std::string> problems) { control_->set_notice_problems(std::move(problems)); });
}

void Daemon::make_reloader() {
    Reloader::Hooks hooks;
    hooks.before = [] { tell_reloading(); };
    hooks.on_found = [this](const FoundRunbooks& found) {
        report(found);
        if (auto names = newly_compared(found); !names.empty())
            tasks_.spawn("last targets", [this, names] { return learn_last_targets(names); });
    };
    hooks.on_settings_read = [this](const std::vector<config::Diagnostic>& errors) {
        settings_problems_.clear();
        for (const auto& error : errors) {
            settings_problems_.push_back(config::to_line(error));
            log_.event(log::Level::error, "settings.kept", {{"message", settings_problems_.back()}});
        }
    };
    hooks.after = [this] {
        webhooks_->renew(notice_targets(settings_));
        tasks_.spawn("memory", [this] { return give_back_memory(); });
        tell_in_force();
    };
    reloader_ =
        std::make_unique<Reloader>(Reloader::Parts{config_file_, settings_, zones_, vault_,
                                                   accounts_.served(), clock_, *store_, loop_.get_executor()},
                                   std::move(hooks));
}

void Daemon::tell_in_force() const {
    tell_ready(std::to_string(accounts_.runbooks_in_force()) + " runbooks in force");
}

/// Before the folder is read: what changes while it is read is told afterwards.
void Daemon::watch_folder() {
    folder_watch_ = std::make_unique<folder_watch::FolderWatch>(
        timers_, clock_, settings_.runbooks_dir,
        folder_watch::FolderWatch::Callbacks{[this] { reloader_->reload({"watch", ""}); },
                                             [this](const std::string& why) {
                                                 log_.event(
                                                     log::Level::warning, "watch.deaf",
                                                     {{"message", why + "; the folder is looked at once "
                                                                        "a minute"}});
                                             }});
}

void Daemon::give_up(const std::string& why) {
    log_.event(log::Level::error, "daemon.gives_up", {{"why", why}});
    exit_status_ = 1;
    if (!is_leaving_) loop_.stop();
}

asio::awaitable<void> Daemon::watch_signals() {
    for (;;) {
        boost::system::error_code error;
        const int signal = co_await signals_.async_wait(asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        if (signal == SIGHUP) {
            reloader_->reload({"SIGHUP", ""});
            continue;
        }
        log_.event(log::Level::info, "daemon.stopping",
                   {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
        break;
    }
    co_await shut_down();
}

/// What reading many runbooks took, and left free between what stays.
asio::awaitable<void> Daemon::give_back_memory() {
    co_await async::sleep_for(timers_, kUntilWritten);
    ::malloc_trim(0);
}

asio::awaitable<void> Daemon::shut_down() {
    tell_stopping();
    control_->set_stopping();
    server_->stop();
    co_await accounts_.stop(tasks_, loop_.get_executor(), kStopGrace);
    loop_.stop();
}

/// Ends what still runs on the loop, before what it refers to goes.
void Daemon::leave() {
    if (std::exchange(is_leaving_, true)) return;
    accounts_.close();
    if (server_) server_->stop();
    signals_.cancel();
    tasks_.cancel();
    loop_.restart();
    const auto until = clock_.now().steady + kTasksGrace;
    while (tasks_.size() > 0 && clock_.now().steady < until) loop_.run_one_for(Millis{50});
}

int Daemon::run() {
    if (auto built = build(); !built) {
        print(built.error().message);
        return 1;
    }
    start();
    loop_.run();
    leave();
    store_->close(kStoreGrace);
    log_.event(log::Level::info, "daemon.stopped", {{"status", std::to_string(exit_status_)}});
    return exit_status_;
}

}  // namespace

int run_daemon(const std::filesystem::path& config_file) {
    zones::Zones zones;
    auto settings = settings_or_complaint(config_file, zones);
    if (!settings) return 1;
    Daemon daemon(config_file, std::move(*settings), zones);
    return daemon.run();
}

int check_configuration(const std::filesystem::path& config_file) {
    zones::Zones zones;
    const auto settings = settings_or_complaint(config_file, zones);
    if (!settings) return 1;
    const secrets::Vault vault(declared_secrets(*settings));
    const auto found = find_runbooks(*settings, vault, zones);
    for (const auto& line : found.warnings) print(line);
    for (const auto& line : found.errors) print(line);
    if (found.errors.empty()) std::printf("%s: fine, %zu runbooks\n", config_file.c_str(), found.good.size());
    return found.errors.empty() ? 0 : 1;
}

}  // namespace runbookd::app
