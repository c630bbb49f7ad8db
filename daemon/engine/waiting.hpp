#pragma once
// Targets whose device is offline, until it comes online. Says what is read next, so that each of their
// devices is looked at about every three quarters of a minute: pages of its site's devices, or the device by
// itself, whichever is fewer calls. Uses at most a quarter of the reads; where that is too little, what has
// not been read for longest goes first.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/budget.hpp"
#include "engine/fleet.hpp"
#include "engine/line.hpp"

namespace runbookd::engine {

class Waiting {
public:
    /// A target, by its place in its run.
    struct Who {
        RunUid run;
        std::size_t index = 0;
        friend bool operator==(const Who&, const Who&) = default;
    };
    struct Handlers {
        /// Asked before a read is spent on the target; false: it waits no more.
        std::function<bool(const Who& who, Instant now)> is_wanted;
        /// It waits no more: its device is online, or is no longer what it was when it was frozen.
        std::function<void(const Who& who, Instant now)> on_seen;
        /// It waits no more: the API does not give its device (not_found, forbidden, rejected).
        std::function<void(const Who& who, const ApiFailure& failure, Instant now)> on_refused;
    };

    /// Both outlive this.
    Waiting(Fleet& fleet, Line& line, Handlers handlers);

    /// The target waits for its device, which the fleet knows.
    void add(const Who& who, const DeviceUid& device);
    void remove(const Who& who, const DeviceUid& device);
    /// A whole list has come in: what it says is not read again.
    void take_in(Instant now);
    /// Sends what is due, as far as its share of the line allows.
    void pump(Instant now);
    /// When it is worth pumping again; nullopt: a reply or an event will tell.
    [[nodiscard]] std::optional<SteadyTime> wakes_at(Instant now) const;

private:
    /// By when it was read last; the number tells those of one page apart.
    using Age = std::pair<SteadyTime, std::uint64_t>;
    struct Site {
        std::map<Age, DeviceUid> by_age;
        std::optional<std::string> cursor;  // of the page that is next, while its pages are being read
        SteadyTime pages_since{};           // when the reading of its pages began last
        bool has_pages = false;             // they have been read whole once, from pages_since on
        bool refuses_pages = false;
        bool is_reading = false;
        std::optional<SteadyTime> due;  // as it stands in due_
    };
    struct Device {
        Site* site = nullptr;
        SiteUid site_uid;
        Age age;
        std::vector<Who> targets;
    };
    using Devices = std::unordered_map<DeviceUid, Device>;

    void read_next(const SiteUid& uid, Site& site, Instant now);
    [[nodiscard]] bool reads_pages(const SiteUid& uid, Site& site, Instant now) const;
    void on_page(const SiteUid& uid, const ApiResult& result, SteadyTime sent_at, Instant now);
    void on_device(const SiteUid& site, const DeviceUid& device, const ApiResult& result, SteadyTime sent_at,
                   Instant now);
    void end_read(const SiteUid& uid, const ApiResult& result, Instant now);
    /// Takes in what the fleet knows of the device by now.
    void look_at(Devices::iterator place, Instant now);
    [[nodiscard]] std::vector<Who> take_out(Devices::iterator place);
    /// Drops what waits no more for the device; false: nobody does.
    [[nodiscard]] bool is_wanted(const DeviceUid& device, Instant now);
    /// Puts the site where it belongs among those that are due, or forgets it.
    void place(const SiteUid& uid, Site& site);
    [[nodiscard]] bool has_room(Instant now) const;
    [[nodiscard]] bool has_share(Instant now) const;

    Fleet& fleet_;
    Line& line_;
    Handlers handlers_;
    Devices devices_;
    std::map<SiteUid, Site> sites_;
    std::set<std::pair<SteadyTime, SiteUid>> due_;  // sites that are not being read
    CallWindow reads_;                              // its own
    std::size_t under_way_ = 0;
    std::uint64_t last_number_ = 0;
};

}  // namespace runbookd::engine
