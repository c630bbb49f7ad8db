#pragma once
// The matcher for a part of a text, which Catch2 2 and 3 name differently.
#include <string>

#include "catch.hpp"

namespace runbookd::end_to_end {

[[nodiscard]] inline auto contains(const std::string& part) {
#if __has_include(<catch2/catch_all.hpp>)
    return Catch::Matchers::ContainsSubstring(part);
#else
    return Catch::Matchers::Contains(part);
#endif
}

}  // namespace runbookd::end_to_end
