#include "folder_watch/way.hpp"

#include <deque>
#include <system_error>

namespace runbookd::folder_watch {

namespace fs = std::filesystem;

std::vector<Signpost> way_to(const fs::path& folder) {
    constexpr int kMostLinks = 40;  // path_resolution(7)
    std::deque<fs::path> ahead;
    for (const auto& part : folder.lexically_normal().relative_path()) ahead.push_back(part);
    std::vector<Signpost> way;
    fs::path place = "/";
    int links = 0;
    while (!ahead.empty()) {
        const auto part = ahead.front();
        ahead.pop_front();
        if (part.empty() || part == ".") continue;
        if (part == "..") {
            place = place.parent_path();
            continue;
        }
        way.push_back({place, part.string()});
        const auto next = place / part;
        std::error_code failed;
        const auto status = fs::symlink_status(next, failed);
        if (failed || status.type() == fs::file_type::not_found) break;
        if (status.type() != fs::file_type::symlink) {
            place = next;
            continue;
        }
        const auto target = fs::read_symlink(next, failed);
        if (failed || ++links > kMostLinks) break;
        std::deque<fs::path> parts;
        for (const auto& one : target.relative_path()) parts.push_back(one);
        ahead.insert(ahead.begin(), parts.begin(), parts.end());
        if (target.is_absolute()) place = "/";
    }
    return way;
}

}  // namespace runbookd::folder_watch
