#pragma once
// Tells people what their runbooks ask for: looks at the trail now and then, keeps what is to be told in the
// store, and sends it until it arrives or is too old. Nothing that decides waits for any of it.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "async/timers.hpp"
#include "base/clock.hpp"
#include "log/log.hpp"
#include "ports/notices.hpp"
#include "runbook/notify.hpp"

namespace runbookd::runtime {

class Notifier {
public:
    /// Borrowed; all outlive the notifier, and the notifier its tasks.
    struct Parts {
        ports::Notices& notices;
        ports::Webhooks& webhooks;
        const Clock& clock;
        async::Timers& timers;
        async::TaskGroup& tasks;
        const log::Log& log;
    };
    /// The rules of the runbooks in force that have some, by name.
    using Rules = std::map<std::string, std::shared_ptr<const runbook::NotifyRules>>;
    using RulesInForce = std::function<Rules()>;
    /// One line for each target that does not take its notices.
    using OnTroubles = std::function<void(std::vector<std::string> problems)>;

    Notifier(Parts parts, RulesInForce rules, OnTroubles on_troubles);

    /// A task: looks every few seconds, until it is cancelled.
    boost::asio::awaitable<void> run();

    /// Once: makes notices of what is new in the trail, and begins to tell whoever has something due; each
    /// target by a task of its own, one request at a time.
    boost::asio::awaitable<void> look();

private:
    boost::asio::awaitable<void> read_trail();
    boost::asio::awaitable<void> begin_telling();
    boost::asio::awaitable<void> tell_all_due(std::string to);
    /// Whether it arrived.
    boost::asio::awaitable<bool> tell(ports::DueNotice due);
    [[nodiscard]] ports::NoticeRecord failed(const ports::DueNotice& due, const ports::Told& told);
    boost::asio::awaitable<void> report_troubles();
    boost::asio::awaitable<void> forget_old();
    void unreadable(const Error& error);

    /// How a target takes what it is sent.
    struct Line {
        bool is_busy = false;        // a task is telling it something
        std::int64_t failures = 0;   // in a row
        SteadyTime resting_until{};  // nothing is sent before
    };

    Parts parts_;
    RulesInForce rules_;
    OnTroubles on_troubles_;
    std::map<std::string, Line> lines_;
    std::int64_t seen_through_ = -1;
    bool troubles_may_differ_ = true;
    bool is_unreadable_ = false;
    std::optional<SteadyTime> forgot_at_;
};

}  // namespace runbookd::runtime
