#include "base/sha256.hpp"

#include <stdexcept>

#include "catch.hpp"

using namespace runbookd;

TEST_CASE("SHA-256 in hex is that of FIPS 180-4's examples", "[base]") {
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a choice by hash depends on scope and key, and on nothing else", "[base]") {
    // Computed with Python's hashlib: int.from_bytes(sha256(scope + b"\0" + key).digest()[:8], "big") %
    // range.
    CHECK(hash_modulo("clear-temp-files", "minute", 60) == 46);
    CHECK(hash_modulo("clear-temp-files", "hour", 24) == 6);
    CHECK(hash_modulo("", "", 1000) == 192);
    CHECK(hash_modulo("a", "bc", std::uint64_t{1} << 63U) == 4664414737393237297U);
    CHECK(hash_modulo("ab", "c", std::uint64_t{1} << 63U) == 7783115584253305165U);
    CHECK(hash_modulo("any", "thing", 1) == 0);
}

TEST_CASE("a hash comes back from its hex, and from nothing else", "[base]") {
    CHECK(sha256_from_hex(to_hex(sha256("abc"))) == sha256("abc"));
    const auto hex = sha256_hex("");
    for (const auto& bad :
         {std::string(), hex.substr(1), hex + "0", "x" + hex.substr(1), "-" + hex.substr(1)})
        CHECK_THROWS_AS(sha256_from_hex(bad), std::invalid_argument);
}
