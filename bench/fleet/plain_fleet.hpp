#pragma once
// The yardstick: the same devices as one would write them down without thinking of their number, and selected
// by what the system offers, one device after another. Finds who matches, and nothing more: no exclusions, no
// order, no rows.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/api.hpp"

namespace runbookd::bench {

struct PlainDevice {
    std::string uid, site_uid, site_name, hostname, os, device_type, device_class, domain, patch_status;
    std::map<int, std::string> udf;
    bool online = false, suspended = false, deleted = false;
};

[[nodiscard]] PlainDevice as_plain(const engine::Device& device, const std::map<int, std::string>& udf);

/// One condition of a selector: a property, globs of which one must match, and whether that is negated.
struct PlainTest {
    std::function<const std::string&(const PlainDevice&)> property;
    std::vector<std::string> globs;
    bool negated = false;
};

/// By fnmatch, ignoring case. The number of matches.
[[nodiscard]] std::size_t select_by_fnmatch(const std::vector<PlainDevice>& fleet,
                                            const std::vector<PlainTest>& tests);
/// By std::regex, each glob translated once.
[[nodiscard]] std::size_t select_by_regex(const std::vector<PlainDevice>& fleet,
                                          const std::vector<PlainTest>& tests);

}  // namespace runbookd::bench
