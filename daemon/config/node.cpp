#include "config/node.hpp"

#include <algorithm>

namespace runbookd::config {

const Entry* Node::find(std::string_view key) const {
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
    return found == entries.end() ? nullptr : &*found;
}

}  // namespace runbookd::config
