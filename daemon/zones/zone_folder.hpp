#pragma once
// The system's folder of TZif files, as text and names; knows nothing of what is in them.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace runbookd::zones {

class ZoneFolder {
public:
    explicit ZoneFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// The bytes of the zone's file, of 1 MiB at most. Errors: not_found, where the name is none that a zone
    /// can have or there is no such file; unavailable, where it cannot be read.
    [[nodiscard]] Result<std::string> read(std::string_view name) const;
    /// The names of all zones, sorted. Empty where there is no folder.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Where `name` is an old name of a zone (a link in tzdata.zi): the name that it has now.
    [[nodiscard]] std::optional<std::string> renamed_to(std::string_view name) const;
    /// The release of the data, such as "2026a"; "unknown" where the folder does not say.
    [[nodiscard]] std::string version() const;
    [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

private:
    std::filesystem::path folder_;
};

}  // namespace runbookd::zones
