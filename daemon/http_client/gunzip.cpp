#include "http_client/gunzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace runbookd::http_client {
namespace {

/// zlib's way of asking for gzip's wrapping instead of its own, with the largest window.
constexpr int kGzipWindow = 15 + 16;
constexpr std::size_t kFirstPart = 64UL * 1024;

/// zlib's state, released with this.
class Inflater {
public:
    // The call behind zlib's macro, which casts in C's way.
    Inflater() {
        is_ready_ =
            inflateInit2_(&stream_, kGzipWindow, ZLIB_VERSION, static_cast<int>(sizeof(z_stream))) == Z_OK;
    }
    ~Inflater() {
        if (is_ready_) inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    [[nodiscard]] bool is_ready() const { return is_ready_; }
    [[nodiscard]] z_stream& stream() { return stream_; }

private:
    z_stream stream_{};
    bool is_ready_ = false;
};

uInt bounded(std::size_t size) {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

tl::expected<std::string, GunzipTrouble> gunzip(std::string_view packed, std::size_t max_bytes) {
    const auto failed = [](GunzipTrouble trouble) { return tl::unexpected<GunzipTrouble>(trouble); };
    Inflater inflater;
    if (!inflater.is_ready()) return failed(GunzipTrouble::damaged);
    auto& stream = inflater.stream();
    std::string input(packed);  // zlib's interface is not const
    std::size_t taken = 0;
    std::string text;
    std::size_t length = 0;
    for (;;) {
        if (length == text.size()) {
            // One byte more than is allowed shows that there is more.
            if (length > max_bytes) return failed(GunzipTrouble::too_large);
            text.resize(std::min(std::max(kFirstPart, length * 2), max_bytes + 1));
        }
        const auto offered = bounded(input.size() - taken);
        const auto room = bounded(text.size() - length);
        stream.next_in = reinterpret_cast<Bytef*>(input.data() + taken);
        stream.avail_in = offered;
        stream.next_out = reinterpret_cast<Bytef*>(text.data() + length);
        stream.avail_out = room;
        const int status = inflate(&stream, Z_NO_FLUSH);
        taken += offered - stream.avail_in;
        length += room - stream.avail_out;
        if (status == Z_STREAM_END) {
            if (taken == input.size()) break;
            if (inflateReset(&stream) != Z_OK) return failed(GunzipTrouble::damaged);
        } else if (status != Z_OK || (offered == 0 && stream.avail_out > 0)) {
            return failed(GunzipTrouble::damaged);
        }
    }
    if (length > max_bytes) return failed(GunzipTrouble::too_large);
    text.resize(length);
    return text;
}

}  // namespace runbookd::http_client
