#pragma once
// What is known of the account's sites, devices and components, and how old it is. Lists are read page by
// page: this says which page is next; who sends the call is not its business.
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/shared_text.hpp"
#include "engine/api.hpp"
#include "engine/listing.hpp"

namespace runbookd::engine {

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
    /// When the reading of the devices that is under way began.
    [[nodiscard]] SteadyTime devices_begun_at() const { return devices_.began(); }
    [[nodiscard]] bool is_reading_components() const { return components_.is_reading(); }
    /// The page that is next; to be sent only when no earlier page is under way.
    [[nodiscard]] std::optional<ApiCall> next_device_page() const;
    [[nodiscard]] std::optional<ApiCall> next_component_page() const;
    void add(Page<Site> page, SteadyTime sent_at);
    void add(Page<Device> page, SteadyTime sent_at);
    void add(Page<Component> page);
    /// One device, read by itself or on a page of its site.
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
    [[nodiscard]] const std::unordered_map<SiteUid, Site>& sites() const { return known_sites_; }
    [[nodiscard]] bool is_on_demand(const SiteUid& site) const;
    [[nodiscard]] const std::vector<Component>& components() const { return known_components_; }
    /// By uid, or by exact name ignoring case; nullptr: none, or several of that name.
    [[nodiscard]] const Component* find_component(std::string_view name_or_uid) const;
    /// How many calls a full reading of the devices costs.
    [[nodiscard]] std::size_t pages() const;
    /// The same for the devices of one site.
    [[nodiscard]] std::size_t pages_of(const SiteUid& site) const;

private:
    void share_texts(Device& device);
    void take_in(std::vector<Device> devices);
    void keep(Device device, SteadyTime read_at);

    Listing<Site> sites_;
    Listing<Device> devices_;
    Listing<Component> components_;
    std::vector<SteadyTime> gathered_at_;  // per device gathered so far: when its page was asked for
    Millis devices_took_{0};
    TextPool texts_;  // sites, operating systems and the like: the same for many devices
    std::vector<Seen> known_;
    std::unordered_map<DeviceUid, std::size_t> by_uid_;
    std::unordered_map<SiteUid, std::size_t> devices_at_;
    std::vector<Seen> read_meanwhile_;  // by themselves, while a list was being read
    std::unordered_map<SiteUid, Site> known_sites_;
    std::vector<Component> known_components_;
};

/// "hostname 'PC1' fits 2 devices; give a uid: d1 (Acme HQ) d7 (Beta)".
[[nodiscard]] std::string several_of(std::string_view hostname, const std::vector<const Fleet::Seen*>& named);

}  // namespace runbookd::engine
