#include "zones/tzif.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace runbookd::zones {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::string_view kMagic = "TZif";
constexpr std::size_t kHeaderRest = 15;  // reserved
constexpr std::size_t kTypeSize = 6;
/// RFC 9636, 3.2: offsets lie between −25 and 26 hours.
constexpr seconds kLeastOffset{-89'999};
constexpr seconds kMostOffset{93'599};
/// The busiest zone has 240; the table behind a zone counts with 16 bits.
constexpr std::size_t kMostChanges = 10'000;
/// What lies before has always been so (old files begin with the Big Bang); nothing is planned after.
constexpr sys_seconds kBeginning{std::chrono::sys_days{std::chrono::year{-9999} / 1 / 1}};
constexpr sys_seconds kEnd{std::chrono::sys_days{std::chrono::year{9999} / 1 / 1}};

/// What is wrong with a file; becomes an Error before it leaves this file.
struct Malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Bytes {
public:
    explicit Bytes(std::span<const std::byte> bytes) : rest_(bytes) {}

    std::span<const std::byte> take(std::size_t count) {
        if (count > rest_.size()) throw Malformed("it ends too early");
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }
    std::string_view text(std::size_t count) {
        const auto taken = take(count);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }
    /// A big-endian two's complement number of `size` bytes.
    std::int64_t number(std::size_t size) {
        const auto taken = take(size);
        const bool negative = (taken.front() & std::byte{0x80}) != std::byte{0};
        auto value = negative ? ~std::uint64_t{0} : 0;
        for (const auto byte : taken) value = value << 8U | std::to_integer<std::uint64_t>(byte);
        return static_cast<std::int64_t>(value);
    }
    std::size_t count() {
        const auto value = number(4);
        if (value < 0) throw Malformed("one of its counts is negative");
        return static_cast<std::size_t>(value);
    }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }

private:
    std::span<const std::byte> rest_;
};

struct Header {
    char version = 0;
    std::size_t universal = 0, standard = 0, leaps = 0, times = 0, types = 0, characters = 0;

    [[nodiscard]] std::size_t body_size(std::size_t time_size) const {
        return times * (time_size + 1) + types * kTypeSize + characters + leaps * (time_size + 4) + standard +
               universal;
    }
};

Header read_header(Bytes& bytes) {
    if (bytes.text(kMagic.size()) != kMagic) throw Malformed("it does not begin with 'TZif'");
    Header header;
    header.version = bytes.text(1).front();
    bytes.take(kHeaderRest);
    for (auto* const count : {&header.universal, &header.standard, &header.leaps, &header.times,
                              &header.types, &header.characters}) {
        *count = bytes.count();
    }
    return header;
}

std::vector<seconds> read_offsets(Bytes& bytes, std::size_t count) {
    std::vector<seconds> offsets;
    for (std::size_t i = 0; i < count; ++i) {
        const seconds offset{bytes.number(4)};
        bytes.take(kTypeSize - 4);  // is daylight time; place of the name
        if (offset < kLeastOffset || offset > kMostOffset)
            throw Malformed("it has an offset of more than a day");
        offsets.push_back(offset);
    }
    return offsets;
}

TzifRules read_body(Bytes& bytes, const Header& header, std::size_t time_size) {
    if (header.types == 0) throw Malformed("it has no local time type");
    if (header.leaps != 0) throw Malformed("it counts leap seconds, which Unix time does not");
    if (header.times > kMostChanges) throw Malformed("it has too many changes");
    Bytes body(bytes.take(header.body_size(time_size)));
    Bytes times(body.take(header.times * time_size));
    const auto types = body.take(header.times);
    const auto offsets = read_offsets(body, header.types);

    TzifRules rules{offsets.front(), {}, std::nullopt};
    auto previous = sys_seconds::min();
    for (const auto type : types) {
        const sys_seconds at{seconds{times.number(time_size)}};
        const auto index = std::to_integer<std::size_t>(type);
        if (at <= previous && previous != sys_seconds::min()) throw Malformed("its changes are out of order");
        if (at > kEnd) throw Malformed("it has a change after the year 9999");
        if (index >= offsets.size()) throw Malformed("it names a local time type that it does not have");
        previous = at;
        if (at < kBeginning) {
            rules.first = offsets[index];
        } else {
            rules.changes.push_back({at, offsets[index]});
        }
    }
    return rules;
}

std::optional<TzRule> read_footer(Bytes& bytes) {
    if (bytes.text(1) != "\n") throw Malformed("its footer is missing");
    const auto rest = bytes.text(bytes.left());
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) throw Malformed("its footer does not end");
    if (end == 0) return std::nullopt;
    auto rule = parse_tz_string(rest.substr(0, end));
    if (!rule) throw Malformed("its footer is damaged: " + rule.error().message);
    return *rule;
}

TzifRules read_all(std::span<const std::byte> file) {
    Bytes bytes(file);
    const auto first = read_header(bytes);
    if (first.version < '2') return read_body(bytes, first, 4);
    bytes.take(first.body_size(4));  // the same in 32 bits, for readers of old
    const auto second = read_header(bytes);
    auto rules = read_body(bytes, second, 8);
    rules.rule = read_footer(bytes);
    return rules;
}

}  // namespace

Result<TzifRules> read_tzif(std::span<const std::byte> file) {
    try {
        return read_all(file);
    } catch (const Malformed& error) {
        return fail(ErrorCode::invalid_input, error.what());
    }
}

}  // namespace runbookd::zones
