#include "http_client/gunzip.hpp"

#include "catch.hpp"
#include "http_client/gzip.hpp"

using namespace runbookd::http_client;
using runbookd::tests::gzip;

namespace {

constexpr std::size_t kPlenty = std::size_t{64} * 1024 * 1024;

}  // namespace

TEST_CASE("what was packed comes back, of any size", "[http_client]") {
    for (const auto size : {std::size_t{0}, std::size_t{1}, std::size_t{65'535}, std::size_t{65'536},
                            std::size_t{65'537}, std::size_t{5'000'000}}) {
        std::string text;
        for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i * 2'654'435'761U >> 13U);
        CAPTURE(size);
        CHECK(gunzip(gzip(text), kPlenty) == text);
    }
}

TEST_CASE("several members are one text", "[http_client]") {
    CHECK(gunzip(gzip("one ") + gzip("") + gzip("two"), kPlenty) == std::string("one two"));
}

TEST_CASE("a bomb is given up at the bound", "[http_client]") {
    const auto bomb = gzip(std::string(50'000'000, '\0'));
    REQUIRE(bomb.size() < 100'000);
    CHECK(gunzip(bomb, 1'000'000).error() == GunzipTrouble::too_large);
    std::string members;
    for (int i = 0; i < 100; ++i) members += gzip(std::string(20'000, 'x'));
    CHECK(gunzip(members, 1'000'000).error() == GunzipTrouble::too_large);
}

TEST_CASE("exactly the bound is not too large, one byte more is", "[http_client]") {
    CHECK(gunzip(gzip(std::string(1000, 'x')), 1000)->size() == 1000);
    CHECK(gunzip(gzip(std::string(1001, 'x')), 1000).error() == GunzipTrouble::too_large);
    CHECK(gunzip(gzip(""), 0)->empty());
}

TEST_CASE("what is damaged anywhere is refused", "[http_client]") {
    const auto packed = gzip("{\"uid\": \"d1\", \"hostname\": \"ACME-DC01\", \"online\": true}");
    for (std::size_t length = 0; length < packed.size(); ++length)
        CHECK(gunzip(packed.substr(0, length), kPlenty).error() == GunzipTrouble::damaged);
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{2}, packed.size() / 2,
                                 packed.size() - 8, packed.size() - 1}) {
        auto changed = packed;
        changed[at] = static_cast<char>(changed[at] ^ 0x55);
        CAPTURE(at);
        CHECK_FALSE(gunzip(changed, kPlenty));
    }
    CHECK(gunzip(packed + "junk", kPlenty).error() == GunzipTrouble::damaged);
    CHECK(gunzip("{\"plain\": true}", kPlenty).error() == GunzipTrouble::damaged);
}
