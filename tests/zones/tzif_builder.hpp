#pragma once
// Writes TZif files by hand (RFC 9636), right ones and wrong ones.
#include <cstdint>
#include <string>
#include <vector>

namespace runbookd::zones {

struct TzifBuilder {
    struct Type {
        std::int32_t offset = 0;
        bool is_daylight = false;
    };
    struct Change {
        std::int64_t at = 0;
        std::uint8_t type = 0;
    };
    char version = '2';
    std::vector<Type> types{{}};
    std::vector<Change> changes;
    std::string footer;
    std::uint32_t leap_seconds = 0;

    [[nodiscard]] std::string build() const {
        if (version < '2') return block(4);
        TzifBuilder empty;
        empty.version = version;
        return empty.block(4) + block(8) + "\n" + footer + "\n";
    }

private:
    static std::string big_endian(std::int64_t value, int size) {
        std::string bytes;
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
            bytes +=
                static_cast<char>(static_cast<std::uint64_t>(value) >> static_cast<unsigned>(shift) & 0xFFU);
        return bytes;
    }
    [[nodiscard]] std::string block(int time_size) const {
        std::string bytes = "TZif";
        bytes += version;
        bytes.append(15, '\0');
        const std::string name("XXX\0", 4);
        for (const auto count : {std::size_t{0}, std::size_t{0}, std::size_t{leap_seconds}, changes.size(),
                                 types.size(), name.size()}) {
            bytes += big_endian(static_cast<std::int64_t>(count), 4);
        }
        for (const auto& change : changes) bytes += big_endian(change.at, time_size);
        for (const auto& change : changes) bytes += static_cast<char>(change.type);
        for (const auto& type : types) {
            bytes += big_endian(type.offset, 4);
            bytes += static_cast<char>(type.is_daylight ? 1 : 0);
            bytes += '\0';
        }
        bytes += name;
        for (std::uint32_t i = 0; i < leap_seconds; ++i)
            bytes += big_endian(78'796'800 + 86'400 * std::int64_t{i}, time_size) + big_endian(i + 1, 4);
        return bytes;
    }
};

}  // namespace runbookd::zones
