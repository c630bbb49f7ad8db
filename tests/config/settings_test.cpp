#include "catch.hpp"
#include "config/base_url.hpp"
#include "config/byte_size.hpp"
#include "config/support.hpp"

using namespace runbookd;
using namespace runbookd::config;
using namespace runbookd::config::testing;

namespace {

const std::string kAccount =
    "accounts:\n  main:\n    api: datto\n    url: https://merlot-api.centrastage.net\n    key: k\n    "
    "secret: s\n";
const std::string kAllowed = "allow_plaintext_secrets: true\n";

LoadedSettings load(const std::string& text) {
    static zones::Zones zones;
    const TempFolder folder;
    return load_settings(folder.write("runbookd.yaml", text), zones);
}

std::vector<std::string> problems_of(const std::string& text) {
    const auto loaded = load(text);
    CHECK(loaded.settings.has_value() != has_errors(loaded.diagnostics));
    return in_short(loaded.diagnostics);
}

/// A variable of the environment for the length of a test.
class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    ~Environment() { ::unsetenv(name_); }

private:
    const char* name_;
};

}  // namespace

TEST_CASE("the least settings take their defaults", "[config]") {
    const auto loaded = load(kAccount + kAllowed);
    REQUIRE(loaded.settings);
    const auto& settings = *loaded.settings;
    CHECK(settings.account.name == "main");
    CHECK(settings.account.url == "https://merlot-api.centrastage.net");
    CHECK(settings.account.key.reveal() == "k");
    CHECK(settings.account.secret.reveal() == "s");
    CHECK(settings.account.ca_file.empty());
    CHECK(settings.account.timezone == "UTC");
    CHECK(settings.account.limits.mode == Limits::Mode::auto_detect);
    CHECK(settings.account.budget_share == Approx(0.8));
    CHECK(settings.account.fleet_refresh == std::chrono::minutes(10));
    CHECK(settings.socket_path == "/run/runbookd/control.sock");
    CHECK(settings.store_path == "/var/lib/runbookd/audit.db");
    CHECK(settings.unknown_after == std::chrono::minutes(15));
    CHECK(settings.output_max_bytes == 1024 * 1024);
    CHECK(settings.log_level == LogLevel::info);
}

TEST_CASE("every setting that is written counts", "[config]") {
    const TempFolder folder;
    zones::Zones zones;
    const auto loaded = load_settings(
        folder.write("runbookd.yaml",
                     kAccount +
                         "    ca: own-ca.pem\n    timezone: Europe/Berlin\n"
                         "    limits: {reads: 60, creates: 10}\n    budget: 50%\n    follow: activity_log\n"
                         "    fleet: {refresh: 30s}\n    not_during: []\n"
                         "runbooks: {dir: rb, apply: watch}\nstore: state/audit.db\n"
                         "control: {socket: c.sock}\noutput: {max_bytes: 64KiB}\nunknown_after: 5m\n"
                         "log: {level: debug, format: json}\n" +
                         kAllowed),
        zones);
    CHECK(in_full(loaded.diagnostics).empty());
    REQUIRE(loaded.settings);
    const auto& settings = *loaded.settings;
    CHECK(settings.account.ca_file == folder.path() / "own-ca.pem");
    CHECK(settings.account.timezone == "Europe/Berlin");
    CHECK(settings.account.limits.mode == Limits::Mode::fixed);
    CHECK(settings.account.limits.reads == 60);
    CHECK(settings.account.limits.writes == 100);
    CHECK(settings.account.limits.creates == 10);
    CHECK(settings.account.budget_share == Approx(0.5));
    CHECK(settings.account.follow == Follow::activity_log);
    CHECK(settings.account.fleet_refresh == std::chrono::seconds(30));
    CHECK(settings.runbooks_dir == folder.path() / "rb");
    CHECK(settings.runbooks_are_watched);
    CHECK(settings.store_path == folder.path() / "state/audit.db");
    CHECK(settings.socket_path == folder.path() / "c.sock");
    CHECK(settings.output_max_bytes == 65536);
    CHECK(settings.unknown_after == std::chrono::minutes(5));
    CHECK(settings.log_level == LogLevel::debug);
    CHECK(settings.log_format == LogFormat::json);
}

TEST_CASE("an account of the seed's API has a token in place of key and secret", "[config]") {
    const std::string seed =
        "accounts:\n  main:\n    api: seed\n    url: https://runbookd.example:8780\n";  // four lines
    const auto loaded = load(seed + "    token: the-token\n" + kAllowed);
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->account.api == Api::seed);
    CHECK(loaded.settings->account.token.reveal() == "the-token");
    CHECK(loaded.settings->account.key.empty());
    CHECK(problems_of(seed + kAllowed) == std::vector<std::string>{"3:5 missing_key accounts.main.token"});
    CHECK(problems_of(seed + "    token: the-token\n") ==
          std::vector<std::string>{"5:12 plaintext_secret accounts.main.token"});
    CHECK(
        problems_of(seed + "    token: the-token\n    key: k\n    secret: s\n" + kAllowed) ==
        std::vector<std::string>{"6:10 bad_value accounts.main.key", "7:13 bad_value accounts.main.secret"});
    CHECK(load(kAccount + kAllowed).settings->account.api == Api::datto);
}

TEST_CASE("a proxy is an address, or a secret where it holds a password", "[config]") {
    const auto proxy_of = [](const std::string& written) {
        const auto loaded = load(kAllowed + kAccount + "    proxy: " + written + "\n");
        REQUIRE(loaded.settings);
        return loaded.settings->account.proxy.reveal();
    };
    CHECK(proxy_of("http://proxy:3128") == "http://proxy:3128");
    CHECK(proxy_of("http://me:hunter2@proxy:3128") == "http://me:hunter2@proxy:3128");
    const Environment variable("RUNBOOKD_TEST_PROXY", "http://me:hunter2@[::1]:3128");
    CHECK(proxy_of("${env:RUNBOOKD_TEST_PROXY}") == "http://me:hunter2@[::1]:3128");
    CHECK(load(kAllowed + kAccount).settings->account.proxy.empty());

    const auto refused = load(kAccount + "    proxy: http://me:hunter2@proxy:3128\n");
    for (const auto& line : in_full(refused.diagnostics)) CHECK(line.find("hunter2") == std::string::npos);
    CHECK(in_short(refused.diagnostics).back() == "7:12 plaintext_secret accounts.main.proxy");
    const Environment wrong("RUNBOOKD_TEST_PROXY", "socks5://me:hunter2@proxy");
    const auto unusable = load(kAllowed + kAccount + "    proxy: ${env:RUNBOOKD_TEST_PROXY}\n");
    REQUIRE(unusable.diagnostics.size() == 1);
    CHECK(in_full(unusable.diagnostics)[0].find("hunter2") == std::string::npos);
}

TEST_CASE("plain http, which stays on this machine, takes no proxy", "[config]") {
    const auto problems = problems_of(
        "accounts: {main: {api: datto, url: 'http://127.0.0.1:8781', key: k, secret: s, proxy: "
        "'http://p:1'}}\n" +
        kAllowed);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].find("bad_value accounts.main.proxy") != std::string::npos);
}

TEST_CASE("wrong settings say where and what", "[config]") {
    struct Case {
        std::string yaml;
        std::vector<std::string> expected;
    };
    const auto top = kAccount + kAllowed;      // 7 lines: what follows is line 8
    const auto account = kAllowed + kAccount;  // the same, inside the account
    const std::vector<Case> cases{
        {"", {"0:0 yaml_syntax"}},
        {"{}", {"1:1 missing_key accounts"}},
        {"accounts: {}", {"1:11 missing_key accounts"}},
        {"accounts: []", {"1:11 wrong_type accounts"}},
        {"accounts: {main: }", {"1:18 wrong_type accounts.main"}},
        {"accounts: {main: {}}",
         {"1:18 missing_key accounts.main.api", "1:18 missing_key accounts.main.url",
          "1:18 missing_key accounts.main.key", "1:18 missing_key accounts.main.secret"}},
        {kAccount, {"5:10 plaintext_secret accounts.main.key", "6:13 plaintext_secret accounts.main.secret"}},
        {top + "  second: {}", {"8:9 yaml_syntax"}},
        {account + "  second: {}",
         {"8:11 missing_key accounts.second.api", "8:11 missing_key accounts.second.url",
          "8:11 missing_key accounts.second.key", "8:11 missing_key accounts.second.secret"}},
        {account + "  Second: {api: datto, url: 'https://a.example', key: k, secret: s}",
         {"8:3 bad_value accounts.Second"}},
        {account + "  main: {api: datto, url: 'https://a.example', key: k, secret: s}",
         {"8:3 duplicate_key accounts.main"}},
        {account + "  second: {api: datto, url: 'https://merlot-api.centrastage.net', key: k, secret: t}",
         {"8:3 duplicate_account accounts.second"}},
        {account + "  second: {api: datto, url: 'https://merlot-api.centrastage.net', key: other, secret: s}",
         {}},
        {account + "    follow: polling", {"8:13 bad_value accounts.main.follow"}},
        {account + "    not_during: [{from: 2026-12-20}]",
         {"8:18 missing_key accounts.main.not_during[0].to"}},
        {account + "    proxy: socks://p:1", {"8:12 bad_value accounts.main.proxy"}},
        {account + "    proxy: http://me:hunter2@p:1/x", {"8:12 bad_value accounts.main.proxy"}},
        {account + "    proxy: []", {"8:12 wrong_type accounts.main.proxy"}},
        {account + "    token: abcdefgh", {"8:12 bad_value accounts.main.token"}},
        {account + "    budget: 0.8", {"8:13 bad_value accounts.main.budget"}},
        {account + "    budget: 101%", {"8:13 bad_value accounts.main.budget"}},
        {account + "    limits: of", {"8:13 bad_value accounts.main.limits"}},
        {account + "    limits: {reads: none}", {"8:21 bad_value accounts.main.limits.reads"}},
        {account + "    limits: {}", {"8:13 bad_value accounts.main.limits"}},
        {account + "    fleet: {refresh: 0s}", {"8:22 bad_value accounts.main.fleet.refresh"}},
        {account + "    timezone: Berlin/Europe", {"8:15 unknown_zone accounts.main.timezone"}},
        {account + "    urll: x", {"8:5 unknown_key accounts.main.urll"}},
        {top + "signing_key: ${env:NO_SUCH_KEY}\nretention: {outputs: 400d, history: 3y, events: 3y}",
         {"8:14 unreadable signing_key"}},
        {top + "retention: {history: 34d, events: 35d}", {"8:22 bad_value retention.history"}},
        {top + "retention: {outputs: 1h, history: y, events: [], jobs: 1d}",
         {"8:22 bad_value retention.outputs", "8:35 bad_value retention.history",
          "8:46 wrong_type retention.events", "8:50 unknown_key retention.jobs"}},
        {top + "customers: {}\nretention: {}\nnotify: {}\ndefaults: {}\nprofiles: {}\nsecrets: {}", {}},
        {top + "signing_key: [a]", {"8:14 wrong_type signing_key"}},
        {top + "notify:\n  oncall: {webhook: 'https://a.example/x', format: json}", {}},
        {top + "notify: {oncall: {webhook: a.example/x}}", {"8:28 bad_value notify.oncall.webhook"}},
        {top + "notify: {OnCall: {format: xml}}",
         {"8:10 bad_value notify.OnCall", "8:18 missing_key notify.OnCall.webhook",
          "8:27 bad_value notify.OnCall.format"}},
        {top + "control: {listen: nonsense, tls: {cert: a}}",
         {"8:19 bad_value control.listen", "8:19 not_supported control.listen",
          "8:34 missing_key control.tls.key", "8:34 not_supported control.tls"}},
        {top + "control: {listen: '10.0.0.1:8780'}",
         {"8:19 bad_value control.listen", "8:19 not_supported control.listen"}},
        {top + "control: {listen: 127.0.0.1:8780}", {"8:19 not_supported control.listen"}},
        {top + "control: {socket: " + std::string(120, 's') + "}", {"8:19 bad_value control.socket"}},
        {top + "runbooks: {apply: wach}", {"8:19 bad_value runbooks.apply"}},
        {top + "output: {max_bytes: 10}", {"8:21 bad_value output.max_bytes"}},
        {top + "unknown_after: 0s", {"8:16 bad_value unknown_after"}},
        {top + "log: {level: warn}", {"8:14 bad_value log.level"}},
        {top + "allow_plaintext_secrets: true", {"8:1 duplicate_key allow_plaintext_secrets"}},
    };
    for (const auto& one : cases) {
        INFO(one.yaml);
        CHECK(problems_of(one.yaml + "\n") == one.expected);
    }
}

TEST_CASE("a missing settings file is one clear diagnostic", "[config]") {
    const auto loaded = load_settings("/nowhere/runbookd.yaml");
    CHECK_FALSE(loaded.settings);
    CHECK(in_full(loaded.diagnostics) ==
          std::vector<std::string>{"/nowhere/runbookd.yaml: error: the configuration does not exist"});
    CHECK(load_settings("/").diagnostics.size() == 1);
}

TEST_CASE("secrets come from credentials, files and the environment", "[config]") {
    const TempFolder folder;
    folder.write("datto-key", "from-credential\n");
    const auto secret = folder.write("secret.txt", "from-file\n");
    const Environment credentials("CREDENTIALS_DIRECTORY", folder.path().string());
    const Environment variable("RUNBOOKD_TEST_SECRET", "from-environment");
    const auto with = [&](const std::string& key, const std::string& value) {
        return load("accounts: {main: {api: datto, url: 'https://a.example', key: '" + key + "', secret: '" +
                    value + "'}}\n");
    };
    const auto loaded = with("${credential:datto-key}", "${file:" + secret.string() + "}");
    REQUIRE(loaded.settings);
    CHECK(loaded.diagnostics.empty());
    CHECK(loaded.settings->account.key.reveal() == "from-credential");
    CHECK(loaded.settings->account.secret.reveal() == "from-file");
    CHECK(with("${env:RUNBOOKD_TEST_SECRET}", "${env:RUNBOOKD_TEST_SECRET}").settings->account.key.reveal() ==
          "from-environment");

    std::filesystem::permissions(secret, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    const auto open = with("${credential:datto-key}", "${file:" + secret.string() + "}");
    CHECK(open.settings);
    REQUIRE(open.diagnostics.size() == 1);
    CHECK(open.diagnostics[0].code == "readable_by_others");
    CHECK(open.diagnostics[0].severity == Severity::warning);

    for (const std::string bad : {"${credential:missing}", "${credential:../x}", "${env:RUNBOOKD_NOT_SET}",
                                  "${file:relative}", "${file:/nowhere}", "${vault:x}", "${}"}) {
        INFO(bad);
        const auto refused = with(bad, "${env:RUNBOOKD_TEST_SECRET}");
        CHECK_FALSE(refused.settings);
        CHECK(refused.diagnostics.size() == 1);
    }
}

TEST_CASE("whoever needs no secrets may not be able to read them", "[config]") {
    const TempFolder folder;
    const auto file =
        folder.write("runbookd.yaml",
                     "accounts: {main: {api: datto, url: 'https://a.example', key: '${credential:missing}', "
                     "secret: '${file:/nowhere}'}}\n");
    CHECK_FALSE(load_settings(file).settings);
    const auto loaded = load_settings_without_secrets(file);
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->account.key.empty());
}

TEST_CASE("a secret in clear text is never printed, and warned of where all can read it", "[config]") {
    const TempFolder folder;
    const std::string text =
        "accounts: {main: {api: datto, url: 'https://a.example', key: hunter2-key, secret: "
        "[hunter2-secret]}}\n";
    for (const auto& line : in_full(load(text).diagnostics)) {
        INFO(line);
        CHECK(line.find("hunter2") == std::string::npos);
    }
    const auto file = folder.write("runbookd.yaml", kAccount + kAllowed);
    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    const auto loaded = load_settings(file);
    CHECK(loaded.settings);
    CHECK(in_short(loaded.diagnostics) ==
          std::vector<std::string>{"5:10 readable_by_others accounts.main.key",
                                   "6:13 readable_by_others accounts.main.secret"});
}

TEST_CASE("plain http goes to this machine only", "[config]") {
    for (const std::string url :
         {"http://127.0.0.1:8781", "http://127.1.2.3", "http://localhost:1", "http://[::1]:8781",
          "https://merlot-api.centrastage.net", "https://[2001:db8::1]:443", "HTTPS://host"}) {
        INFO(url);
        CHECK(check_base_url(url));
    }
    CHECK(check_base_url("https://host/").value() == "https://host");
    for (const std::string url : {"http://merlot-api.centrastage.net",
                                  "http://127.example.org",
                                  "http://127.0.0.1.evil.example",
                                  "http://127.0.0.256",
                                  "http://localhost.example",
                                  "http://10.0.0.1",
                                  "http://[::2]",
                                  "https://",
                                  "https://host:0",
                                  "https://host:65536",
                                  "https://host:",
                                  "https://user@host",
                                  "https://host/api",
                                  "https://host?x",
                                  "https://ho st",
                                  "ftp://host",
                                  "host",
                                  "",
                                  "https://[::1",
                                  "http://127.0.0.1@evil.example",
                                  "http://localhost:80:80"}) {
        INFO(url);
        CHECK_FALSE(check_base_url(url));
    }
}

TEST_CASE("sizes in bytes are read in both systems", "[config]") {
    CHECK(parse_byte_size("1MiB").value() == 1048576);
    CHECK(parse_byte_size("64KiB").value() == 65536);
    CHECK(parse_byte_size("1MB").value() == 1000000);
    CHECK(parse_byte_size("4096").value() == 4096);
    CHECK(parse_byte_size("2 GiB").value() == 2147483648);
    for (const std::string bad :
         {"", "MiB", "-1", "1.5MiB", "1mib", "1 MiB x", "99999999999999999999", "9999999999GiB"}) {
        INFO(bad);
        CHECK_FALSE(parse_byte_size(bad));
    }
}

TEST_CASE("the signing key may have several lines, and is read from where it is kept", "[config]") {
    const TempFolder folder;
    const auto key = folder.write("key.pem", "-----BEGIN\nabc\n-----END\n");
    const auto loaded = load(kAccount + kAllowed + "signing_key: ${file:" + key.string() + "}\n");
    REQUIRE(loaded.settings);
    CHECK(loaded.settings->signing_key.reveal() == "-----BEGIN\nabc\n-----END");
    CHECK(load(kAccount + kAllowed).settings->signing_key.empty());
}
