#include "datto/addresses.hpp"

#include "catch.hpp"

using namespace runbookd;
using namespace runbookd::datto;

namespace {

BaseUrl merlot() { return parse_base_url("https://merlot-api.centrastage.net").value(); }

}  // namespace

TEST_CASE("an account's url is read in the forms that people paste", "[datto]") {
    const auto text = GENERATE(values<std::string>(
        {"https://Merlot-API.centrastage.net", "https://merlot-api.centrastage.net/",
         "https://merlot-api.centrastage.net/api", "https://merlot-api.centrastage.net/api/v2/",
         "https://merlot-api.centrastage.net:443"}));
    CAPTURE(text);
    const auto base = parse_base_url(text);
    REQUIRE(base);
    CHECK(base->scheme == Scheme::https);
    CHECK(base->host == "merlot-api.centrastage.net");
    CHECK(base->port == 443);
    CHECK(base->path.empty());
    CHECK(base->origin() == "https://merlot-api.centrastage.net");
}

TEST_CASE("plain http goes to loopback only", "[datto]") {
    CHECK(parse_base_url("http://127.0.0.1:8781")->authority() == "127.0.0.1:8781");
    CHECK(parse_base_url("http://[::1]:8781")->authority() == "[::1]:8781");
    CHECK(parse_base_url("http://localhost")->authority() == "localhost");
    const auto refused = parse_base_url("http://merlot-api.centrastage.net");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("https://") != std::string::npos);
}

TEST_CASE("an url that names no API is refused with a reason", "[datto]") {
    const auto text =
        GENERATE(values<std::string>({"", "merlot", "ftp://host", "https://", "https://host:99999",
                                      "https://host?x=1", "https://host#x", "https://ho st"}));
    CAPTURE(text);
    const auto base = parse_base_url(text);
    REQUIRE_FALSE(base);
    CHECK(base.error().code == ErrorCode::invalid_input);
    CHECK_FALSE(base.error().message.empty());
}

TEST_CASE("a password in the url is refused and not repeated", "[datto]") {
    const auto base = parse_base_url("https://me:hunter2@host");
    REQUIRE_FALSE(base);
    CHECK(base.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("the next page may be named absolutely or relatively", "[datto]") {
    const auto current = "/api/v2/account/devices?max=250";
    const auto next = GENERATE(values<std::string>(
        {"https://merlot-api.centrastage.net/api/v2/account/devices?max=250&page=1",
         "https://MERLOT-api.centrastage.net:443/api/v2/account/devices?max=250&page=1",
         "//merlot-api.centrastage.net/api/v2/account/devices?max=250&page=1",
         "/api/v2/account/devices?max=250&page=1", "devices?max=250&page=1", "?max=250&page=1"}));
    CAPTURE(next);
    CHECK(next_page_target(merlot(), current, next).value() == "/api/v2/account/devices?max=250&page=1");
}

TEST_CASE("the next page must not leave the account's scheme, host and port", "[datto]") {
    const auto next = GENERATE(values<std::string>(
        {"http://merlot-api.centrastage.net/api/v2/account/devices?page=1",
         "https://merlot-api.centrastage.net.evil.example/api", "https://evil.example/api",
         "//evil.example/api", "https://merlot-api.centrastage.net:8443/api",
         "https://merlot-api.centrastage.net@evil.example/api", "https://user@merlot-api.centrastage.net/api",
         "javascript:alert(1)", "::not a url::"}));
    CAPTURE(next);
    CHECK_FALSE(next_page_target(merlot(), "/api/v2/account/devices", next));
}

TEST_CASE("only missing parameters are added", "[datto]") {
    CHECK(with_missing_parameter("/x", "max", "250") == "/x?max=250");
    CHECK(with_missing_parameter("/x?max=10", "max", "250") == "/x?max=10");
    CHECK(with_missing_parameter("/x?amax=10&page=1", "max", "250") == "/x?amax=10&page=1&max=250");
    CHECK(with_missing_parameter("/x", "from", "2026-01-01T00:00:00Z") == "/x?from=2026-01-01T00%3A00%3A00Z");
}

TEST_CASE("uids cannot leave their path segment", "[datto]") {
    CHECK(percent_encoded("a/b?c d%\n\xC3\xA4") == "a%2Fb%3Fc%20d%25%0A%C3%A4");
    CHECK(percent_encoded("A-z0.9_~") == "A-z0.9_~");
}
