#pragma once
#include <string>

namespace runbookd::tests {

/// The text as a gzip file of one member.
[[nodiscard]] std::string gzip(const std::string& text);

}  // namespace runbookd::tests
