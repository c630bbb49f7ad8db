#pragma once
// One test's own world: a folder, a sandbox on a free port, a daemon on it, and runbookctl to speak with it.
// Real programs, over loopback; nothing in them knows that it is tested.
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "end_to_end/harness/ledger.hpp"
#include "end_to_end/harness/process.hpp"
#include "end_to_end/harness/sqlite_reader.hpp"
#include "end_to_end/harness/unix_client.hpp"
#include "temp_folder.hpp"

namespace runbookd::end_to_end {

using testing::TempFolder;
using testing::text_of;

/// What a program left behind that has ended.
struct Ended {
    int status = -1;  ///< -1: it did not end in time, and was killed
    std::string out;
    std::string err;
};

struct SettingsText {
    std::string secret = "demo-secret";
    std::string unknown_after = "15m";
    std::string fleet_refresh = "10m";
    std::string limits = "auto";
};

class World {
public:
    World() = default;

    // ── what the programs read ──
    void write_fleet(const std::string& yaml) const { folder.write("fleet.yaml", yaml); }
    /// `text` is a whole document; the file is runbooks.d/<name>.yaml.
    void write_runbook(const std::string& name, const std::string& text) const;
    /// Needs the sandbox's port: call it once a sandbox was started.
    void write_settings(const SettingsText& settings = {}) const;

    // ── the sandbox ──
    /// On a free port the first time, on the same one again later. Listening when this returns.
    void start_sandbox(const std::vector<std::string>& more_arguments = {});
    void stop_sandbox();
    [[nodiscard]] unsigned short sandbox_port() const { return port_; }
    [[nodiscard]] const Process& sandbox() const { return *sandbox_; }

    // ── the daemon ──
    /// Starts it and returns at once.
    void launch_daemon();
    /// Starts it and waits until it answers on its socket and the API has answered it.
    void start_daemon();
    [[nodiscard]] Process& daemon() { return *daemon_; }
    /// SIGTERM; its exit status, absent where it has not ended in time.
    [[nodiscard]] std::optional<int> stop_daemon();
    /// Of all daemons so far, in order.
    [[nodiscard]] std::string daemon_log() const;
    /// Runs a second one on the same files until it ends by itself.
    [[nodiscard]] Ended run_daemon(const std::vector<std::string>& arguments);

    // ── talking to it ──
    [[nodiscard]] Ended ctl(const std::vector<std::string>& arguments) const;
    /// What `audit verify` has against the record; empty: it is as it was written.
    [[nodiscard]] std::string fault_in_record() const;
    /// The same with the daemon's configuration, for verbs that read it themselves.
    [[nodiscard]] Ended ctl_with_settings(const std::vector<std::string>& arguments) const;
    [[nodiscard]] Answer get(const std::string& target) const { return http_get(socket(), target); }
    /// `/v1/status`; null where nobody answers.
    [[nodiscard]] nlohmann::json status() const;
    /// Starts a run with runbookctl and returns its uid.
    [[nodiscard]] std::string start_run(const std::string& runbook) const;
    /// Waits until a run has ended in the store; its status, or what it is after `limit`.
    [[nodiscard]] std::string end_of_run(const std::string& run_uid, Limit limit = kPatience) const;

    [[nodiscard]] std::filesystem::path socket() const { return folder.file("control.sock"); }
    [[nodiscard]] std::filesystem::path settings_file() const { return folder.file("runbookd.yaml"); }
    [[nodiscard]] LedgerReader ledger() const { return LedgerReader(folder.file("ledger")); }
    [[nodiscard]] SqliteReader store() const { return SqliteReader(folder.file("audit.db")); }

    TempFolder folder;
    /// NAME=VALUE, for every daemon and runbookctl that is started from now on.
    std::vector<std::string> environment;

private:
    [[nodiscard]] Ended run(const std::vector<std::string>& argv) const;

    unsigned short port_ = 0;
    int daemons_ = 0;
    mutable int programs_ = 0;
    std::unique_ptr<Process> sandbox_;
    std::unique_ptr<Process> daemon_;
};

}  // namespace runbookd::end_to_end
