#include "http_api/doctor.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::http_api {
namespace {

// A fleet that was not read for so long says little of what is online.
constexpr Millis kFleetOld = std::chrono::hours{1};

std::string counted(std::int64_t count, const std::string& word) {
    return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

Check daemon_check(const ports::DaemonStatus& status) {
    const auto words = "version " + status.version + ", since " + format_utc(status.started_at) + ", " +
                       counted(status.runbooks, "runbook") + ", " + counted(status.open_runs, "open run");
    if (status.state == "stopping") return {"daemon", Health::failed, "it is stopping; " + words};
    return {"daemon", Health::ok, words};
}

Check clock_check(const ports::DaemonStatus& status) {
    if (!status.clock_hold.empty())
        return {"clock", Health::failed, status.clock_hold + "; creates and verdicts wait"};
    if (!status.is_clock_synchronised)
        return {"clock", Health::warning, "the kernel does not call it synchronised (is NTP running?)"};
    return {"clock", Health::ok, "the kernel calls it synchronised"};
}

Check store_check(const ports::DaemonStatus& status) {
    if (!status.store_trouble.empty()) return {"store", Health::failed, status.store_trouble};
    return {"store", Health::ok, "commits succeed"};
}

Check restore_check(const ports::DaemonStatus& status) {
    if (status.held.empty())
        return {"restore", Health::ok, "the store is not older than what was acknowledged"};
    const auto& first = status.held.front();
    return {"restore", Health::failed,
            first.why + "; held since " + format_utc(first.held_at) + ", nothing is created"};
}

Check account_check(const ports::AccountStatus& account) {
    if (account.state == "running") return {"account", Health::ok, account.account + ": it answers"};
    std::string why;
    for (const auto& problem : account.problems) why += (why.empty() ? "" : "; ") + problem;
    if (account.state == "starting")
        return {"account", Health::warning, account.account + ": it has not answered yet"};
    const auto health = account.state == "absent" ? Health::warning : Health::failed;
    return {"account", health, account.account + ": " + (why.empty() ? account.state : why)};
}

Check budget_check(const ports::AccountStatus& account) {
    const auto words = [](const ports::BudgetUse& use, const char* what) {
        const auto of = use.allowed == 0 ? std::string() : " of " + std::to_string(use.allowed);
        return std::to_string(use.used) + of + " " + what;
    };
    const auto is_spent = [](const ports::BudgetUse& use) {
        return use.allowed > 0 && use.used >= use.allowed;
    };
    const bool is_any_spent = is_spent(account.reads) || is_spent(account.creates);
    return {"budget", is_any_spent ? Health::warning : Health::ok,
            account.account + ": " + words(account.reads, "reads") + ", " +
                words(account.creates, "creates") + " in the last 60 s" +
                (is_any_spent ? "; what is left waits" : "")};
}

Check fleet_check(const ports::DaemonStatus& status) {
    if (!status.fleet_read_at) return {"fleet", Health::warning, "it has not been read yet"};
    const auto words =
        counted(status.fleet_devices, "device") + ", read at " + format_utc(*status.fleet_read_at);
    const bool is_old = status.now - *status.fleet_read_at > kFleetOld;
    return {"fleet", is_old ? Health::failed : Health::ok, words + (is_old ? ", which is long ago" : "")};
}

Check pauses_check(const ports::DaemonStatus& status) {
    if (status.pauses.empty()) return {"pauses", Health::ok, "nothing is paused"};
    std::string words;
    for (const auto& pause : status.pauses)
        words += (words.empty() ? "" : "; ") + pause.scope.words() + " until " + format_utc(pause.until) +
                 " by " + pause.actor + ": " + pause.reason;
    return {"pauses", Health::warning, words};
}

Check record_check(const ports::DaemonStatus& status) {
    if (!status.verified) return {"record", Health::ok, "not verified since the start: `runbookctl verify`"};
    const auto& found = *status.verified;
    const auto words = counted(found.instants, "instant") + " computed again at " + format_utc(found.at);
    if (found.unexplained == 0) return {"record", Health::ok, words + ", all explained"};
    return {"record", Health::failed,
            words + ", " + std::to_string(found.unexplained) + " not explained: `runbookctl verify`"};
}

/// What the checks above say already.
bool is_said(const std::string& problem) {
    constexpr const char* kBegins[] = {"store: ", "clock: ", "record: ", "account "};
    return std::any_of(std::begin(kBegins), std::end(kBegins),
                       [&](const char* begin) { return problem.starts_with(begin); });
}

}  // namespace

std::vector<Check> examine(const ports::DaemonStatus& status) {
    std::vector<Check> checks{daemon_check(status), clock_check(status), store_check(status),
                              restore_check(status)};
    for (const auto& account : status.accounts) checks.push_back(account_check(account));
    for (const auto& account : status.accounts)
        if (account.state != "absent") checks.push_back(budget_check(account));
    checks.push_back(fleet_check(status));
    checks.push_back(pauses_check(status));
    checks.push_back(record_check(status));
    bool is_configuration_fine = true;
    for (const auto& problem : status.problems) {
        if (is_said(problem)) continue;
        checks.push_back({"configuration", Health::failed, problem});
        is_configuration_fine = false;
    }
    if (is_configuration_fine)
        checks.push_back({"configuration", Health::ok, "every file is in force as it stands"});
    return checks;
}

bool is_healthy(const std::vector<Check>& checks) {
    return std::none_of(checks.begin(), checks.end(),
                        [](const Check& check) { return check.health == Health::failed; });
}

const char* to_text(Health health) {
    switch (health) {
        case Health::ok: return "ok";
        case Health::warning: return "warning";
        case Health::failed: return "failed";
    }
    return "failed";
}

std::string accepting_words(const std::vector<ports::HeldStatus>& held) {
    if (held.empty()) return {};
    std::int64_t found = 0;
    bool is_whole = true;
    for (const auto& one : held) {
        found += one.found_jobs;
        is_whole = is_whole && one.is_searched_whole;
    }
    std::string words =
        "`runbookctl doctor --accept-restore` lets the daemon go on from what the store holds";
    words += found == 0 ? "." : ", with the " + counted(found, "job") + " that the activity log showed.";
    if (!is_whole)
        words +=
            " The log has not been read whole: that is waited for first; where it cannot be read, look "
            "into Datto RMM for what ran since, for it may run again.";
    words += " No instant from before " + format_utc(held.front().held_at) +
             " is caught up; runs that were open go on, without another try of what fails.";
    return words;
}

}  // namespace runbookd::http_api
