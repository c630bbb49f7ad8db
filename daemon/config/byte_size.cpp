#include "config/byte_size.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace runbookd::config {

Result<std::int64_t> parse_byte_size(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t bytes;
    };
    static constexpr std::array<Unit, 8> kUnits{{{"", 1},
                                                 {"B", 1},
                                                 {"KB", 1000},
                                                 {"KiB", 1024},
                                                 {"MB", 1000 * 1000},
                                                 {"MiB", 1024 * 1024},
                                                 {"GB", 1000 * 1000 * 1000},
                                                 {"GiB", 1024 * 1024 * 1024}}};
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc{} && count >= 0) {
        auto name = text.substr(static_cast<std::size_t>(end - text.data()));
        name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
        for (const auto& unit : kUnits) {
            if (unit.name == name && count <= std::numeric_limits<std::int64_t>::max() / unit.bytes) {
                return count * unit.bytes;
            }
        }
    }
    return fail(ErrorCode::invalid_input, "not a size in bytes");
}

}  // namespace runbookd::config
