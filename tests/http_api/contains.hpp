#pragma once
// Substring checks that read alike under Catch2 2 and 3, whose matchers for them have different names.
#include <string_view>

namespace runbookd::testing {

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace runbookd::testing
