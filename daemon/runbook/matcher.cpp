#include "runbook/matcher.hpp"

#include <algorithm>
#include <cstdint>

namespace runbookd::runbook {
namespace {

bool fits(const FlagMatch& match, std::optional<bool> value) {
    return (value == match.wanted) != match.negated;
}

bool fits(const TimeMatch& match, std::optional<UtcTime> at, UtcTime now) {
    return (at && *at >= now - match.within) != match.negated;
}

void lower_into(std::string& lowered, std::string_view text) {
    lowered.assign(text);
    std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
}

}  // namespace

SharedTextTest::SharedTextTest(const TextMatch& match)
    : globs_(match.any_of.begin(), match.any_of.end()), negated_(match.negated) {}

bool SharedTextTest::any_fits(std::string_view text) const {
    return std::any_of(globs_.begin(), globs_.end(), [&](const Glob& glob) { return glob.matches(text); });
}

bool SharedTextTest::any_fits(const SharedText& text) {
    // Allocations begin at multiples of 16 bytes: the bits below say nothing.
    const auto place = reinterpret_cast<std::uintptr_t>(text.place());
    auto& known = known_[(place >> 4U ^ place >> 10U) % known_.size()];
    if (text.empty()) return any_fits(std::string_view{});
    if (known.text.place() != text.place()) known = {text, any_fits(std::string_view(text.str()))};
    return known.fits;
}

bool SharedTextTest::fits(const SharedText& text) { return any_fits(text) != negated_; }
bool SharedTextTest::fits(std::string_view text) const { return any_fits(text) != negated_; }

Matcher::Matcher(const Selector& selector, const FilterMembers& filters, UtcTime now)
    : online_(selector.online), reboot_required_(selector.reboot_required), now_(now) {
    if (selector.last_seen) last_seen_ = *selector.last_seen;
    if (selector.first_seen) first_seen_ = *selector.first_seen;
    const auto add = [&](const Boxed<TextMatch>& match, auto of) {
        if (match) properties_.push_back({of, SharedTextTest(*match)});
    };
    add(selector.customer, [](const DeviceFacts& d) -> const SharedText& { return d.customer; });
    add(selector.device_class, [](const DeviceFacts& d) -> const SharedText& { return d.device_class; });
    add(selector.device_type, [](const DeviceFacts& d) -> const SharedText& { return d.device_type; });
    add(selector.patch_status, [](const DeviceFacts& d) -> const SharedText& { return d.patch_status; });
    add(selector.os, [](const DeviceFacts& d) -> const SharedText& { return d.os; });
    add(selector.domain, [](const DeviceFacts& d) -> const SharedText& { return d.domain; });
    if (selector.site) site_ = Site{SharedTextTest(*selector.site), selector.site->any_of};
    if (selector.hostname) hostname_.emplace(*selector.hostname);
    if (selector.udf)
        for (const auto& [number, match] : *selector.udf) udf_.emplace_back(number, SharedTextTest(match));
    if (selector.device) {
        uids_.emplace().negated = selector.device->negated;
        for (const auto& uid : selector.device->any_of) uids_->lowered.insert(ascii_lower(uid));
    }
    if (selector.filter) {
        members_.emplace().negated = selector.filter->negated;
        for (const auto& name : selector.filter->any_of)
            if (const auto found = filters.find(name); found != filters.end())
                members_->sets.push_back(found->second);
    }
}

bool Matcher::matches(const DeviceFacts& device) {
    // What costs least is asked first.
    return fits_flags(device) && fits_times(device) &&
           std::all_of(properties_.begin(), properties_.end(),
                       [&](Property& property) { return property.test.fits(property.of(device)); }) &&
           (!site_ || fits_site(device)) &&
           (!hostname_ || hostname_->fits(std::string_view(device.hostname))) &&
           std::all_of(udf_.begin(), udf_.end(),
                       [&](const auto& udf) { return udf.second.fits(device.udf.value(udf.first)); }) &&
           (!uids_ || fits_uid(device)) && (!members_ || fits_filter(device));
}

bool Matcher::fits_flags(const DeviceFacts& device) const {
    return (!online_ || fits(*online_, device.online)) &&
           (!reboot_required_ || fits(*reboot_required_, device.reboot_required));
}

bool Matcher::fits_times(const DeviceFacts& device) const {
    // Who is online is seen now, whatever the list says of the last time.
    const auto seen = device.online ? std::optional(now_) : device.last_seen;
    return (!last_seen_ || fits(*last_seen_, seen, now_)) &&
           (!first_seen_ || fits(*first_seen_, device.first_seen, now_));
}

bool Matcher::fits_site(const DeviceFacts& device) {
    const bool any = site_->name.any_fits(device.site_name) ||
                     std::any_of(site_->uids.begin(), site_->uids.end(), [&](const std::string& uid) {
                         return equals_ignoring_case(uid, device.site_uid.str());
                     });
    return any != site_->name.is_negated();
}

bool Matcher::fits_uid(const DeviceFacts& device) {
    lower_into(lowered_uid_, device.uid.str());
    return uids_->lowered.contains(lowered_uid_) != uids_->negated;
}

bool Matcher::fits_filter(const DeviceFacts& device) const {
    const bool any = std::any_of(members_->sets.begin(), members_->sets.end(),
                                 [&](const DeviceSet* set) { return set->contains(device.uid); });
    return any != members_->negated;
}

MatcherList::MatcherList(const std::vector<Selector>& selectors, const FilterMembers& filters, UtcTime now) {
    matchers_.reserve(selectors.size());
    for (const auto& selector : selectors) matchers_.emplace_back(selector, filters, now);
}

std::optional<std::size_t> MatcherList::find(const DeviceFacts& device) {
    for (std::size_t i = 0; i < matchers_.size(); ++i)
        if (matchers_[i].matches(device)) return i;
    return std::nullopt;
}

}  // namespace runbookd::runbook
