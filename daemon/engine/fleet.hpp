#pragma once
// What is known of the account's sites, devices and components, and how old it is. Lists are read page by
// page: this says which page is next; who sends the call is not its business.
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/api.hpp"

namespace runbookd::engine {

/// One paged list on its way in. What has come is held back until the last page is there.
template <class T>
class Listing {
public:
    [[nodiscard]] bool is_reading() const { return reading_; }
    [[nodiscard]] const std::string& cursor() const { return cursor_; }
    /// When the reading of the newest whole list began; nullopt: never read whole.
    [[nodiscard]] std::optional<SteadyTime> read_at() const { return read_at_; }

    void begin(SteadyTime now) {
        reading_ = true;
        began_ = now;
        cursor_.clear();
        gathered_.clear();
    }
    void abandon() { reading_ = false; }
    /// Takes a page; true when it was the last, and then take() has the whole.
    [[nodiscard]] bool add(Page<T> page) {
        for (auto& item : page.items) gathered_.push_back(std::move(item));
        cursor_ = std::move(page.next_cursor);
        if (!cursor_.empty()) return false;
        reading_ = false;
        read_at_ = began_;
        return true;
    }
    [[nodiscard]] std::vector<T> take() { return std::move(gathered_); }

private:
    bool reading_ = false;
    SteadyTime began_{};
    std::string cursor_;
    std::vector<T> gathered_;
    std::optional<SteadyTime> read_at_;
};

class Fleet {
public:
    struct Seen {
        Device device;
        SteadyTime read_at{};  ///< when the call that brought it was sent
    };

    // ── reading ──
    /// Starts to read sites and then devices anew; components likewise, apart.
    void begin_devices(SteadyTime now);
    void begin_components(SteadyTime now);
    [[nodiscard]] bool is_reading_devices() const { return sites_.is_reading() || devices_.is_reading(); }
    [[nodiscard]] bool is_reading_components() const { return components_.is_reading(); }
    /// The page that is next; to be sent only when no earlier page is under way.
    [[nodiscard]] std::optional<ApiCall> next_device_page() const;
    [[nodiscard]] std::optional<ApiCall> next_component_page() const;
    void add(Page<Site> page, SteadyTime sent_at);
    void add(Page<Device> page, SteadyTime sent_at);
    void add(Page<Component> page);
    /// One device, read by itself.
    void update(Device device, SteadyTime sent_at);
    void abandon_devices();
    void abandon_components();

    // ── knowing ──
    /// When the reading of the newest whole device list began.
    [[nodiscard]] std::optional<SteadyTime> devices_read_at() const { return devices_.read_at(); }
    /// How long the reading of that list took, from its first page asked for to its last.
    [[nodiscard]] Millis devices_took() const { return devices_took_; }
    [[nodiscard]] std::optional<SteadyTime> components_read_at() const { return components_.read_at(); }
    [[nodiscard]] const std::vector<Seen>& devices() const { return known_; }
    [[nodiscard]] const Seen* find(const DeviceUid& uid) const;
    [[nodiscard]] std::vector<const Seen*> find_by_hostname(std::string_view hostname) const;
    [[nodiscard]] bool is_on_demand(const SiteUid& site) const;
    [[nodiscard]] const std::vector<Component>& components() const { return known_components_; }
    /// By uid, or by exact name ignoring case; nullptr: none, or several of that name.
    [[nodiscard]] const Component* find_component(std::string_view name_or_uid) const;
    /// How many calls a full reading of the devices costs.
    [[nodiscard]] std::size_t pages() const;

private:
    Listing<Site> sites_;
    Listing<Device> devices_;
    Listing<Component> components_;
    std::vector<SteadyTime> gathered_at_;  // per device gathered so far: when its page was asked for
    Millis devices_took_{0};
    std::vector<Seen> known_;
    std::unordered_map<DeviceUid, std::size_t> by_uid_;
    std::unordered_map<SiteUid, Site> known_sites_;
    std::vector<Component> known_components_;
};

}  // namespace runbookd::engine
