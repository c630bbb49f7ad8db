#pragma once
// The daemon's settings, as read from runbookd.yaml: docs/configuration.md is their reference.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/diagnostic.hpp"
#include "config/runbook_defaults.hpp"
#include "config/secret.hpp"
#include "runbook/customer.hpp"
#include "schedule/blackouts.hpp"

namespace runbookd::zones {
class ZoneSource;
}

namespace runbookd::config {

/// The API's limits per 60 s window.
struct Limits {
    enum class Mode {
        auto_detect,  ///< as the API's request_rate says
        fixed,        ///< the numbers below
        off,          ///< none are kept
    };
    Mode mode = Mode::auto_detect;
    std::int64_t reads = 600;
    std::int64_t writes = 100;
    std::int64_t creates = 100;
};

/// How the ends of jobs are found.
enum class Follow {
    automatic,     ///< by the activity log for as long as that proves itself
    results,       ///< each job's result is read
    activity_log,  ///< by the activity log
};

/// Which API an account speaks.
enum class Api {
    datto,  ///< the real one; key and secret
    seed,   ///< the job API that runbookd itself serves; a token
};

struct AccountSettings {
    std::string name;  ///< empty only in default-made settings: then a runbook may name any account
    Api api = Api::datto;
    std::string url;  ///< "https://host[:port]", no path, no slash at the end
    Secret key;       ///< of the real API, as is `secret`
    Secret secret;
    Secret token;                   ///< of the seed's API
    Secret proxy;                   ///< "http://[user:password@]host[:port]"; empty: as the environment says
    std::filesystem::path ca_file;  ///< PEM; empty: the system's trust
    std::string timezone = "UTC";   ///< IANA name
    bool timezone_is_written = false;
    Limits limits;
    double budget_share = 0.8;  ///< of the limits; above 0, at most 1
    Follow follow = Follow::automatic;
    Millis fleet_refresh{std::chrono::minutes{10}};
    schedule::Blackouts not_during;  ///< holds for every create on this account
};

/// What runbooks may write as ${secret:NAME}.
struct DeclaredSecret {
    Secret value;
    std::vector<std::string> runbooks;  ///< globs over the names of those that may
};

/// How long what is kept; unset: for ever.
struct Retention {
    std::optional<Millis> outputs;  ///< what jobs printed
    std::optional<Millis> history;  ///< runs, whole, and verdicts
    std::optional<Millis> events;   ///< the audit trail
};
/// How a target of notices wants them: docs/notifications.md.
enum class NoticeFormat { json, slack, teams };
/// Somebody who can be told.
struct NoticeTarget {
    Secret webhook;  ///< the address to send to: who knows it can write there
    NoticeFormat format = NoticeFormat::json;
};

enum class LogLevel { debug, info, warning, error };
enum class LogFormat {
    automatic,  ///< journal under systemd, text on a terminal
    text,
    json,
};

/// Paths are absolute when read from a file: relative ones start at the file's folder.
struct Settings {
    /// The one whose runbooks are read with these settings: the first, unless account_view.hpp chose another.
    AccountSettings account;
    /// All of them, in the order of the file. Empty in settings that no file holds: `account` is then alone.
    std::vector<AccountSettings> accounts = {};
    std::filesystem::path runbooks_dir = "/etc/runbookd/runbooks.d";
    bool runbooks_are_watched = false;  ///< taken as soon as the folder changes, besides on reload
    std::filesystem::path store_path = "/var/lib/runbookd/audit.db";
    Secret signing_key;  ///< an Ed25519 private key in PEM form; empty: checkpoints are not signed
    std::filesystem::path socket_path = "/run/runbookd/control.sock";
    Millis unknown_after{std::chrono::minutes{15}};
    std::int64_t output_max_bytes = std::int64_t{1} << 20;  ///< per stream
    Retention retention;
    runbook::Customers customers;
    RunbookDefaults runbook_defaults;  ///< `defaults` and `profiles`
    std::map<std::string, DeclaredSecret> secrets;
    std::map<std::string, NoticeTarget> notices;  ///< `notify`, by name
    LogLevel log_level = LogLevel::info;
    LogFormat log_format = LogFormat::automatic;
};

struct LoadedSettings {
    std::optional<Settings> settings;  ///< absent when a diagnostic is an error
    std::vector<Diagnostic> diagnostics;
};

/// Reads the file and what it refers to (credentials, environment, secret files). With `zones`, time zones
/// are looked up too; without, blackouts are checked and left out. Never throws for what files hold; no
/// diagnostic holds a secret's value.
[[nodiscard]] LoadedSettings load_settings(const std::filesystem::path& path);
[[nodiscard]] LoadedSettings load_settings(const std::filesystem::path& path, zones::ZoneSource& zones);

/// For whoever needs only paths (control socket, runbooks, store): secrets are checked for their form, not
/// read, and left empty, so that a person who may not read them can still reach the daemon.
[[nodiscard]] LoadedSettings load_settings_without_secrets(const std::filesystem::path& path);
[[nodiscard]] LoadedSettings load_settings_without_secrets(const std::filesystem::path& path,
                                                           zones::ZoneSource& zones);

}  // namespace runbookd::config
