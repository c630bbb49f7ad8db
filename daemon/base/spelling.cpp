#include "base/spelling.hpp"

#include <algorithm>

#include "base/glob.hpp"

namespace runbookd {
namespace {

constexpr std::size_t kShortestPart = 3;      // shorter ones are part of too many words
constexpr std::size_t kLongestCompared = 80;  // longer words are not typos of each other

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = above;
        above = row;
    }
    return above[b.size()];
}

}  // namespace

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates,
                                 std::size_t most) {
    if (word.empty() || word.size() > kLongestCompared) return {};
    const auto wanted = ascii_lower(word);
    const auto limit = std::max<std::size_t>(2, wanted.size() / 3);
    std::vector<std::pair<std::size_t, std::string>> found;
    for (const auto& candidate : candidates) {
        if (candidate.size() > kLongestCompared) continue;
        const auto lowered = ascii_lower(candidate);
        const bool contains = wanted.size() >= kShortestPart && lowered.find(wanted) != std::string::npos;
        const bool begins = lowered.size() >= kShortestPart && wanted.starts_with(lowered);
        const bool part = contains || begins;
        const auto edits = distance(wanted, lowered);
        if (edits <= limit || part) found.emplace_back(part ? std::min(edits, limit) : edits, candidate);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (auto& [edits, name] : found) {
        if (names.size() == most) break;
        names.push_back(std::move(name));
    }
    return names;
}

}  // namespace runbookd
