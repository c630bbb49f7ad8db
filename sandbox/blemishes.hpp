#pragma once
// Fields that replies leave null, and words in them that nobody has heard of: what live accounts do and a
// client must bear. Which fields of which objects are struck depends on their names and values only.
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::sandbox {

/// Shares by the name of a field: "device.lastSeen", "device.patchManagement.patchStatus", "device.*" for all
/// of a device's fields, "*" for all there are.
class FieldShares {
public:
    /// `share` is from 0 to 1; the most exact name that fits a field counts.
    void set(std::string name, double share) { shares_[std::move(name)] = share; }
    [[nodiscard]] bool empty() const { return shares_.empty(); }
    /// Whether the field `path` ("device.lastSeen") of the object `uid`, that holds `value`, is struck. What
    /// identifies an object or ends a job is struck only when it is named itself.
    [[nodiscard]] bool strike(const std::string& path, std::string_view uid, const std::string& value) const;

private:
    [[nodiscard]] double share_of(const std::string& path) const;

    std::map<std::string, double, std::less<>> shares_;
};

struct Blemishes {
    FieldShares nulls;
    FieldShares words;  ///< texts that become another, unheard-of one
};

/// The names that objects go by in FieldShares: "device", "job", …
[[nodiscard]] const std::vector<std::string>& blemished_kinds();

/// `object`, the API's view of the thing `uid`, with its blemishes.
[[nodiscard]] nlohmann::json blemished(const Blemishes& blemishes, std::string_view kind,
                                       std::string_view uid, nlohmann::json object);

}  // namespace runbookd::sandbox
