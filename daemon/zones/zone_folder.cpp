#include "zones/zone_folder.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

namespace runbookd::zones {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "TZif";
constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
constexpr std::string_view kVersionLine = "# version ";

bool is_name_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '+';
}

/// Letters in parts between slashes. Not what else lies in the folder: the machine's own zone, what stands
/// for a machine without one, and copies of all zones with and without leap seconds.
bool can_be_a_name(std::string_view name) {
    if (name == "localtime" || name == "posixrules" || name == "Factory") return false;
    if (name.starts_with("right/") || name.starts_with("posix/")) return false;
    char previous = '/';
    for (const char c : name) {
        if (c == '/' ? previous == '/' : !is_name_letter(c)) return false;
        previous = c;
    }
    return previous != '/';
}

/// Links within the folder are how zones have several names; one that leads out of it is not followed.
bool lies_within(const fs::path& file, const fs::path& folder) {
    std::error_code failed;
    const auto real_file = fs::canonical(file, failed);
    if (failed) return false;
    const auto real_folder = fs::canonical(folder, failed);
    if (failed) return false;
    const auto differs =
        std::mismatch(real_folder.begin(), real_folder.end(), real_file.begin(), real_file.end());
    return differs.first == real_folder.end() && fs::is_regular_file(real_file, failed);
}

std::string first_line(const fs::path& file) {
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    return line;
}

bool has_magic(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string start(kMagic.size(), '\0');
    return in.read(start.data(), static_cast<std::streamsize>(start.size())) && start == kMagic;
}

}  // namespace

Result<std::string> ZoneFolder::read(std::string_view name) const {
    const auto file = folder_ / name;
    if (!can_be_a_name(name) || !lies_within(file, folder_))
        return fail(ErrorCode::not_found, "there is no time zone '" + std::string(name) + "'");
    std::ifstream in(file, std::ios::binary);
    std::string bytes(kMostBytes + 1, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (in.bad() || !in.is_open()) return fail(ErrorCode::unavailable, file.string() + " cannot be read");
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    bytes.shrink_to_fit();  // it is kept
    if (bytes.size() > kMostBytes)
        return fail(ErrorCode::unavailable, file.string() + " has more than 1 MiB, which no zone needs");
    if (!bytes.starts_with(kMagic))
        return fail(ErrorCode::not_found, "there is no time zone '" + std::string(name) + "'");
    return bytes;
}

std::vector<std::string> ZoneFolder::names() const {
    std::vector<std::string> names;
    std::error_code failed;
    fs::recursive_directory_iterator entry(folder_, failed);
    for (; !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
        const auto name = entry->path().lexically_relative(folder_).string();
        if (name == "right" || name == "posix") entry.disable_recursion_pending();
        std::error_code ignored;
        if (can_be_a_name(name) && entry->is_regular_file(ignored) && has_magic(entry->path()))
            names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<std::string> ZoneFolder::renamed_to(std::string_view name) const {
    std::ifstream in(folder_ / "tzdata.zi");
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("L ")) continue;
        std::istringstream words(line.substr(2));
        std::string target;
        std::string link;
        if (words >> target >> link && link == name) return target;
    }
    return std::nullopt;
}

std::string ZoneFolder::version() const {
    const auto line = first_line(folder_ / "tzdata.zi");
    if (line.starts_with(kVersionLine)) return line.substr(kVersionLine.size());
    const auto other = first_line(folder_ / "+VERSION");
    return other.empty() ? "unknown" : other;
}

}  // namespace runbookd::zones
