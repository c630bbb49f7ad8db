#include "end_to_end/harness/world.hpp"

#include <csignal>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace runbookd::end_to_end {
namespace {

constexpr unsigned short kNobodysPort = 1;  // where no sandbox was started

/// The port in "runbookd-sandbox: listening on http://127.0.0.1:PORT (…)"; 0 where there is none yet.
unsigned short port_in(const std::string& text) {
    constexpr std::string_view kBefore = "listening on http://127.0.0.1:";
    const auto at = text.find(kBefore);
    if (at == std::string::npos || text.find('\n', at) == std::string::npos) return 0;
    return static_cast<unsigned short>(std::stoi(text.substr(at + kBefore.size())));
}

}  // namespace

void World::write_runbook(const std::string& name, const std::string& text) const {
    folder.write("runbooks.d/" + name + ".yaml", text);
}

void World::write_settings(const SettingsText& settings) const {
    folder.write("runbookd.yaml",
                 "accounts:\n"
                 "  main:\n"
                 "    api: datto\n"
                 "    url: http://127.0.0.1:" +
                     std::to_string(port_ == 0 ? kNobodysPort : port_) +
                     "\n    key: demo-key\n    secret: " + settings.secret +
                     "\n    limits: " + settings.limits + "\n    fleet: {refresh: " + settings.fleet_refresh +
                     "}\n"
                     "runbooks: runbooks.d\n"
                     "store: audit.db\n"
                     "control: {socket: control.sock}\n"
                     "unknown_after: " +
                     settings.unknown_after +
                     "\n"
                     "log: {level: info, format: text}\n"
                     "allow_plaintext_secrets: true\n");
    // Others may not read it: the daemon warns of secrets that they can.
    std::filesystem::permissions(settings_file(),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::create_directories(folder.file("runbooks.d"));
}

void World::start_sandbox(const std::vector<std::string>& more_arguments) {
    std::vector<std::string> argv{RUNBOOKD_SANDBOX,
                                  "--fleet",
                                  folder.file("fleet.yaml").string(),
                                  "--listen",
                                  "127.0.0.1:" + std::to_string(port_),
                                  "--ledger",
                                  folder.file("ledger").string(),
                                  "--access-log",
                                  folder.file("access").string()};
    argv.insert(argv.end(), more_arguments.begin(), more_arguments.end());
    sandbox_ = std::make_unique<Process>(argv, folder.file("sandbox"));
    const bool is_listening =
        wait_for([&] { return port_in(sandbox_->out()) != 0 || !sandbox_->is_running(); });
    if (!is_listening || !sandbox_->is_running())
        throw std::runtime_error("the sandbox did not start: " + sandbox_->err());
    port_ = port_in(sandbox_->out());
}

void World::stop_sandbox() {
    sandbox_->signal(SIGTERM);
    if (!sandbox_->wait()) sandbox_->kill();
    sandbox_.reset();
}

void World::launch_daemon() {
    const std::vector<std::string> argv{RUNBOOKD, "--config", settings_file().string()};
    daemon_.reset();
    daemon_ =
        std::make_unique<Process>(argv, folder.file("daemon" + std::to_string(++daemons_)), environment);
}

void World::start_daemon() {
    launch_daemon();
    const bool is_up = wait_for([&] {
        if (!daemon_->is_running()) return true;
        const auto answer = status();
        return answer.is_object() && answer.at("state") != "starting";
    });
    if (!is_up || !daemon_->is_running())
        throw std::runtime_error("the daemon did not start: " + daemon_->err() + daemon_->out());
}

std::optional<int> World::stop_daemon() {
    daemon_->signal(SIGTERM);
    return daemon_->wait();
}

std::string World::daemon_log() const {
    std::string all;
    for (int i = 1; i <= daemons_; ++i)
        for (const char* ending : {".out", ".err"})
            all += text_of(folder.file("daemon" + std::to_string(i) + ending));
    return all;
}

Ended World::run(const std::vector<std::string>& argv) const {
    Process process(argv, folder.file("program" + std::to_string(++programs_)), environment);
    const auto status = process.wait();
    if (!status) process.kill();
    return {status.value_or(-1), process.out(), process.err()};
}

Ended World::run_daemon(const std::vector<std::string>& arguments) {
    std::vector<std::string> argv{RUNBOOKD};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run(argv);
}

std::string World::fault_in_record() const {
    const auto verified = ctl({"audit", "--store", folder.file("audit.db").string(), "verify"});
    return verified.status == 0 ? std::string() : verified.out + verified.err;
}

Ended World::ctl(const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv{RUNBOOKCTL, "--socket", socket().string()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run(argv);
}

Ended World::ctl_with_settings(const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv{RUNBOOKCTL, "--config", settings_file().string()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run(argv);
}

nlohmann::json World::status() const {
    const auto answer = get("/v1/status");
    return answer.status == 200 ? answer.json() : nlohmann::json();
}

std::string World::start_run(const std::string& runbook) const {
    const auto started = ctl({"run", runbook, "--json"});
    if (started.status != 0) throw std::runtime_error("run " + runbook + ": " + started.err);
    return nlohmann::json::parse(started.out).at("run_uid").get<std::string>();
}

std::string World::end_of_run(const std::string& run_uid, Limit limit) const {
    const auto database = store();
    std::string status;
    const auto has_ended = [&] {
        status = database.text(
            "SELECT status FROM run_history WHERE finished_at IS NOT NULL AND run_uid = '" + run_uid + "'");
        return status != kNull;
    };
    if (wait_for(has_ended, limit)) return status;
    return database.text("SELECT status FROM run_history WHERE run_uid = '" + run_uid + "'");
}

}  // namespace runbookd::end_to_end
