#pragma once
// The doors of the notifier: where it reads the trail and keeps what is to be told, and who tells it.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "notices/event.hpp"
#include "notices/notices.hpp"

namespace runbookd::ports {

/// The part of the trail that has not been looked at.
struct TrailPart {
    std::int64_t through = 0;  ///< the last line of it
    std::vector<notices::Event> events;
    bool is_last = true;  ///< else there is more behind it
};

/// A notice that is due.
struct DueNotice {
    std::string uid;
    std::string to;
    std::string payload;
    UtcTime made_at{};
    std::int64_t attempts = 0;  ///< so far
};

/// A target that does not take its notices.
struct NoticeTrouble {
    std::string to;
    std::int64_t waiting = 0;      ///< notices that were tried and did not arrive
    std::optional<UtcTime> since;  ///< when the oldest of those was made
    std::int64_t given_up = 0;     ///< since the last that arrived
    std::string error;             ///< of an attempt; never with the webhook's address
};

// What is recorded of notices; each in one transaction with those of the same call.

/// The trail was looked at, and these are to be told. Those that are there already stay as they are.
struct NoticesMade {
    std::int64_t through = 0;
    std::vector<notices::Notice> notices;
    UtcTime at{};
};
struct NoticeDelivered {
    std::string uid;
    UtcTime at{};
};
struct NoticeFailed {
    std::string uid;
    UtcTime next_at{};
    std::string error;
};
/// Event notice.given_up.
struct NoticeGivenUp {
    std::string uid;
    std::string error;
    UtcTime at{};
};
/// Delivered or given up before: they are removed.
struct NoticesForgotten {
    UtcTime before{};
};
using NoticeRecord =
    std::variant<NoticesMade, NoticeDelivered, NoticeFailed, NoticeGivenUp, NoticesForgotten>;

class Notices {
public:
    virtual ~Notices() = default;
    /// From where the last NoticesMade ended; events of these runbooks only. Errors, of all reads:
    /// unavailable.
    virtual boost::asio::awaitable<Result<TrailPart>> unseen_trail(std::set<std::string> runbooks) = 0;
    /// The names of those to whom something is due by now.
    virtual boost::asio::awaitable<Result<std::vector<std::string>>> due_targets(UtcTime now) = 0;
    /// What is due to one of them first.
    virtual boost::asio::awaitable<Result<std::optional<DueNotice>>> next_due(std::string to,
                                                                              UtcTime now) = 0;
    virtual boost::asio::awaitable<Result<std::vector<NoticeTrouble>>> troubles() = 0;
    /// Resumes once it is durable; see Store::commit.
    virtual boost::asio::awaitable<void> record(NoticeRecord what) = 0;
};

/// What came of an attempt to tell.
struct Told {
    bool arrived = false;
    std::string error;  ///< why not, for a person; never with the webhook's address
    std::optional<Millis> retry_after;
};

class Webhooks {
public:
    virtual ~Webhooks() = default;
    /// One request to the target of that name. Ends within a minute, whatever the other side does.
    virtual boost::asio::awaitable<Told> tell(std::string to, std::string uid, std::string payload) = 0;
};

}  // namespace runbookd::ports
