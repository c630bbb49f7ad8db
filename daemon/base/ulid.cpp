#include "base/ulid.hpp"

#include <algorithm>

#include "base/sha256.hpp"

namespace runbookd {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kLength = 26;

std::string encode(std::int64_t ms, std::uint64_t high, std::uint64_t low) {
    std::string text(kLength, '0');
    auto time_bits = static_cast<std::uint64_t>(ms);
    for (std::size_t i = 10; i-- > 0; time_bits >>= 5) text[i] = kAlphabet[time_bits & 31];
    for (std::size_t i = kLength; i-- > 10;) {
        text[i] = kAlphabet[low & 31];
        low = (low >> 5) | (high << 59);
        high >>= 5;
    }
    return text;
}

}  // namespace

std::string UlidSource::next(UtcTime now) {
    const auto ms = std::max({to_unix_ms(now), last_ms_, std::int64_t{0}});
    if (ms == last_ms_) {
        if (++low_ == 0) high_ = (high_ + 1) & 0xFFFF;
    } else {
        last_ms_ = ms;
        // The top bit is left clear, so that counting up within one millisecond cannot overflow.
        high_ = random_() & 0x7FFF;
        low_ = random_();
    }
    return encode(ms, high_, low_);
}

std::string ulid_of(UtcTime at, std::string_view key) {
    const auto hash = sha256(key);
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    for (std::size_t i = 0; i < 2; ++i) high = high << 8 | hash.at(i);
    for (std::size_t i = 2; i < 10; ++i) low = low << 8 | hash.at(i);
    return encode(std::max(to_unix_ms(at), std::int64_t{0}), high, low);
}

std::string first_ulid_of(UtcTime at) { return encode(std::max(to_unix_ms(at), std::int64_t{0}), 0, 0); }

UtcTime time_of_ulid(std::string_view ulid) {
    std::int64_t ms = 0;
    for (const char letter : ulid.substr(0, 10))
        ms = ms << 5 | static_cast<std::int64_t>(kAlphabet.find(letter));
    return from_unix_ms(ms);
}

bool is_ulid(std::string_view text) {
    return text.size() == kLength && text[0] <= '7' && std::all_of(text.begin(), text.end(), [](char c) {
               return kAlphabet.find(c) != std::string_view::npos;
           });
}

}  // namespace runbookd
