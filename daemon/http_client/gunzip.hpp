#pragma once
// Bodies that come packed with gzip, unpacked within a bound: a kilobyte may stand for a gigabyte.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace runbookd::http_client {

enum class GunzipTrouble : std::uint8_t {
    too_large,  ///< more than was allowed; no more than that was unpacked
    damaged,    ///< not gzip, cut, or its checksum is another
};

/// All members of the file, one after the other (RFC 1952).
[[nodiscard]] tl::expected<std::string, GunzipTrouble> gunzip(std::string_view packed, std::size_t max_bytes);

}  // namespace runbookd::http_client
