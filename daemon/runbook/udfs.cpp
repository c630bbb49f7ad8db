#include "runbook/udfs.hpp"

#include <algorithm>

namespace runbookd::runbook {
namespace {

constexpr std::size_t kLongest = 0xFFFF;

void append_number(std::string& block, std::size_t number) {
    block += static_cast<char>(number & 0xFFU);
    block += static_cast<char>(number >> 8U);
}

std::size_t number_at(std::string_view block, std::size_t at) {
    return static_cast<unsigned char>(block[at]) |
           static_cast<std::size_t>(static_cast<unsigned char>(block[at + 1])) << 8U;
}

}  // namespace

Udfs::Udfs(const std::vector<std::pair<int, std::string>>& values) {
    for (const auto& [number, text] : values) {
        if (text.empty()) continue;
        const auto length = std::min(text.size(), kLongest);
        append_number(block_, static_cast<std::size_t>(number));
        append_number(block_, length);
        block_.append(text, 0, length);
    }
    block_.shrink_to_fit();
}

std::string_view Udfs::value(int number) const {
    const std::string_view block(block_);
    for (std::size_t at = 0; at < block.size();) {
        const auto length = number_at(block, at + 2);
        if (number_at(block, at) == static_cast<std::size_t>(number)) return block.substr(at + 4, length);
        at += 4 + length;
    }
    return {};
}

}  // namespace runbookd::runbook
