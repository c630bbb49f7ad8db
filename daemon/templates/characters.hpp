#pragma once
// UTF-8 by characters. Internal to this room.
#include <algorithm>
#include <cstddef>
#include <string_view>

namespace runbookd::templates {

[[nodiscard]] inline bool begins_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

[[nodiscard]] inline std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

}  // namespace runbookd::templates
