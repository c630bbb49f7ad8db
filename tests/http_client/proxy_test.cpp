#include "http_client/proxy.hpp"

#include "catch.hpp"

using namespace runbookd;
using namespace runbookd::http_client;

namespace {

const BaseUrl kMerlot = parse_url("https://merlot-api.centrastage.net").value().origin;

std::optional<Proxy> chosen(const BaseUrl& base, const std::string& configured, const ProxyEnvironment& env) {
    return choose_proxy(base, configured, env).value();
}

}  // namespace

TEST_CASE("a proxy's address is read, with user name and password where it has them", "[http_client]") {
    const auto plain = parse_proxy_url("http://Proxy.Example:3128/").value();
    CHECK(plain.host == "proxy.example");
    CHECK(plain.port == 3128);
    CHECK(plain.authorization.empty());
    CHECK(plain.origin() == "http://proxy.example:3128");
    CHECK(parse_proxy_url("proxy:8080")->port == 8080);
    CHECK(parse_proxy_url("http://proxy")->port == 80);
    CHECK(parse_proxy_url("http://[::1]:3128")->origin() == "http://[::1]:3128");
    // RFC 7617's own example, and one whose letters need encoding in a URL.
    CHECK(parse_proxy_url("http://Aladdin:open%20sesame@p:1")->authorization ==
          "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(parse_proxy_url("http://me:p%40ss%3A@p:1")->authorization == "Basic bWU6cEBzczo=");
    CHECK(parse_proxy_url("http://me@p:1")->authorization == "Basic bWU6");
    CHECK(parse_proxy_url("http://me:p@p:1")->origin() == "http://p:1");
}

TEST_CASE("what is no proxy's address is refused, and not repeated", "[http_client]") {
    const auto text = GENERATE(values<std::string>(
        {"", "http://", "socks5://hunter2:1", "https://hunter2:1", "http://hunter2:0", "http://hunter2:70000",
         "http://hunter2:x", "http://me:hunter2@p:1/path", "http://me:hunter2@p:1?x=1",
         "http://a%3Ab:hunter2@p:1", "http://me:hunter2@p q"}));
    CAPTURE(text);
    const auto proxy = parse_proxy_url(text);
    REQUIRE_FALSE(proxy);
    CHECK(proxy.error().code == ErrorCode::invalid_input);
    CHECK(proxy.error().message.find("hunter2") == std::string::npos);
}

TEST_CASE("no_proxy names hosts as other programs read it", "[http_client]") {
    const auto [list, direct] = GENERATE(table<std::string, bool>({{"", false},
                                                                   {",, ,", false},
                                                                   {"*", true},
                                                                   {"other, *", true},
                                                                   {"centrastage.net", true},
                                                                   {".centrastage.net", true},
                                                                   {"*.centrastage.net", true},
                                                                   {" CentraStage.NET ", true},
                                                                   {"merlot-api.centrastage.net", true},
                                                                   {"api.centrastage.net", false},
                                                                   {"stage.net", false},
                                                                   {"net", true},
                                                                   {"centrastage.net:443", true},
                                                                   {"centrastage.net:8443", false},
                                                                   {"evil-merlot-api.centrastage.net", false},
                                                                   {"localhost,127.0.0.1", false}}));
    CAPTURE(list);
    CHECK(is_direct(list, "merlot-api.centrastage.net", 443) == direct);
}

TEST_CASE("no_proxy may hold addresses", "[http_client]") {
    CHECK(is_direct("10.1.2.3", "10.1.2.3", 443));
    CHECK(is_direct("10.1.2.3:443", "10.1.2.3", 443));
    CHECK_FALSE(is_direct("10.1.2.3:80", "10.1.2.3", 443));
    CHECK(is_direct("2001:db8::1", "2001:db8::1", 443));
    CHECK(is_direct("[2001:db8::1]:443", "2001:db8::1", 443));
    CHECK_FALSE(is_direct("[2001:db8::1]:80", "2001:db8::1", 443));
}

TEST_CASE("the account's own proxy goes before the environment's", "[http_client]") {
    const ProxyEnvironment env{"http://env:1", ""};
    CHECK(chosen(kMerlot, "http://own:2", env)->host == "own");
    CHECK(chosen(kMerlot, "http://own:2", {"http://env:1", "*"})->host == "own");
    CHECK(chosen(kMerlot, "", env)->host == "env");
    CHECK_FALSE(chosen(kMerlot, "", {"http://env:1", "centrastage.net"}));
    CHECK_FALSE(chosen(kMerlot, "", {}));
}

TEST_CASE("this machine is reached directly, and plain http never through a proxy", "[http_client]") {
    const ProxyEnvironment env{"http://env:1", ""};
    for (const auto* url :
         {"https://localhost:8781", "https://127.0.0.1", "https://[::1]:1", "http://127.0.0.1:8781"})
        CHECK_FALSE(chosen(parse_url(url).value().origin, "", env));
    CHECK(chosen(parse_url("https://localhost:8781").value().origin, "http://own:2", env)->host == "own");
    CHECK_FALSE(choose_proxy(parse_url("http://127.0.0.1:8781").value().origin, "http://own:2", env));
}

TEST_CASE("a wrong proxy in the environment is an error that says where it stands", "[http_client]") {
    const auto refused = choose_proxy(kMerlot, "", {"socks5://me:hunter2@p:1", ""});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("https_proxy") != std::string::npos);
    CHECK(refused.error().message.find("hunter2") == std::string::npos);
    CHECK_FALSE(chosen(kMerlot, "", {"socks5://p:1", "*"}));
}
