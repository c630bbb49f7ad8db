#pragma once
// Which outputs say the same but for what differs from device to device anyway.
#include <set>
#include <string>
#include <string_view>

namespace runbookd::store {

/// Host names in small letters.
using Hostnames = std::set<std::string, std::less<>>;

/// `text` with what differs by device or by run masked: times and dates as `<time>`, other numbers as `#`,
/// uids, hashes and other long hexadecimal words as `<id>`, and the words of `hostnames` (whatever their
/// case, also with a domain behind) as `<host>`. Two outputs are nearly equal where this is equal. Pure;
/// linear in the length of the text.
[[nodiscard]] std::string near_text(std::string_view text, const Hostnames& hostnames);

}  // namespace runbookd::store
