#include "config/settings.hpp"

#include "config/account_reader.hpp"
#include "config/byte_size.hpp"
#include "config/document.hpp"
#include "config/fields.hpp"
#include "config/text_file.hpp"

namespace runbookd::config {
namespace {

namespace fs = std::filesystem;

constexpr Range<Millis> kUnknownAfterRange{std::chrono::seconds{1}, std::chrono::hours{24}};
constexpr std::int64_t kLeastOutputBytes = 1024;
constexpr std::int64_t kMostOutputBytes = std::int64_t{64} << 20;
/// sun_path holds 108 bytes with the closing zero. Source: unix(7).
constexpr std::size_t kLongestSocketPath = 107;

const Vocabulary& settings_keys() {
    static const Vocabulary keys{
        {"accounts", "runbooks", "store", "control", "output", "unknown_after", "log",
         "allow_plaintext_secrets"},
        {"customers", "defaults", "profiles", "secrets", "retention", "signing_key", "notify"}};
    return keys;
}

std::optional<fs::path> read_path(const Field& field, const fs::path& folder) {
    const auto text = read_text(field);
    if (!text) return std::nullopt;
    return (folder / *text).lexically_normal();
}

void read_accounts(const MapReader& top, const AccountSurroundings& surroundings, Settings& settings) {
    const auto field = top.get("accounts");
    if (!field) return top.missing("accounts", "a map with one account");
    if (!field->is_map()) return field->wrong_type("a map with one account");
    report_duplicates(*field);
    const auto& entries = field->node->entries;
    if (entries.empty()) {
        return field->error(
            {.code = "missing_key", .message = "there is no account", .expected = "one account"});
    }
    for (std::size_t i = 1; i < entries.size(); ++i) {
        field->report->error(entries[i].key_mark, "accounts." + clipped(entries[i].key),
                             {.code = "not_supported",
                              .message = "a second account is not supported yet; remove it",
                              .expected = "one account"});
    }
    const auto& account = entries.front();
    if (!is_plain_name(account.key)) {
        field->report->error(account.key_mark, "accounts." + clipped(account.key),
                             {.code = "bad_value",
                              .message = shown(account.key) + " cannot be an account's name",
                              .expected = "small letters, digits and -"});
    }
    settings.account = read_account(
        account.key, Field{account.value.get(), "accounts." + clipped(account.key), field->report},
        surroundings);
}

void read_runbooks(const Field& field, const fs::path& folder, Settings& settings) {
    if (field.is_scalar()) {
        settings.runbooks_dir = read_path(field, folder).value_or(settings.runbooks_dir);
        return;
    }
    static const Vocabulary keys{{"dir", "apply"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    if (const auto dir = map->get("dir"))
        settings.runbooks_dir = read_path(*dir, folder).value_or(settings.runbooks_dir);
    if (const auto apply = map->get("apply")) (void)read_word(*apply, {{"reload", true}, {"watch", false}});
}

void read_control(const Field& field, const fs::path& folder, Settings& settings) {
    static const Vocabulary keys{{"socket"}, {"listen", "tls"}};
    const auto map = MapReader::open(field, keys);
    const auto socket = map ? map->get("socket") : std::nullopt;
    const auto path = socket ? read_path(*socket, folder) : std::nullopt;
    if (!path) return;
    settings.socket_path = *path;
    if (path->native().size() > kLongestSocketPath) {
        socket->error(
            {.code = "bad_value",
             .message = "the socket's whole path has " + std::to_string(path->native().size()) + " bytes",
             .expected = "a path of at most " + std::to_string(kLongestSocketPath) + " bytes"});
    }
}

void read_output(const Field& field, Settings& settings) {
    static const Vocabulary keys{{"max_bytes"}, {}};
    const auto map = MapReader::open(field, keys);
    const auto most = map ? map->get("max_bytes") : std::nullopt;
    if (!most) return;
    const std::string expected = "a size such as 1MiB or 64KiB, from 1KiB to 64MiB";
    if (!most->is_scalar()) return most->wrong_type(expected);
    const auto size = parse_byte_size(most->node->text);
    if (size && *size >= kLeastOutputBytes && *size <= kMostOutputBytes) {
        settings.output_max_bytes = *size;
        return;
    }
    most->error({.code = "bad_value",
                 .message = shown(most->node->text) + " cannot be used here",
                 .expected = expected});
}

void read_log(const Field& field, Settings& settings) {
    static const Vocabulary keys{{"level", "format"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    if (const auto level = map->get("level")) {
        const auto place = read_word(*level, {{"debug"}, {"info"}, {"warning"}, {"error"}});
        if (place) settings.log_level = static_cast<LogLevel>(*place);
    }
    if (const auto format = map->get("format")) {
        const auto place = read_word(*format, {{"auto"}, {"text"}, {"json"}});
        if (place) settings.log_format = static_cast<LogFormat>(*place);
    }
}

Settings read_settings(const MapReader& top, AccountSurroundings surroundings) {
    Settings settings;
    if (const auto allowed = top.get("allow_plaintext_secrets")) {
        surroundings.plaintext_allowed = read_bool(*allowed).value_or(false);
    }
    const auto& folder = surroundings.folder;
    read_accounts(top, surroundings, settings);
    if (const auto field = top.get("runbooks")) read_runbooks(*field, folder, settings);
    if (const auto field = top.get("store"))
        settings.store_path = read_path(*field, folder).value_or(settings.store_path);
    if (const auto field = top.get("control")) read_control(*field, folder, settings);
    if (const auto field = top.get("output")) read_output(*field, settings);
    if (const auto field = top.get("unknown_after")) {
        settings.unknown_after = read_duration(*field, kUnknownAfterRange).value_or(settings.unknown_after);
    }
    if (const auto field = top.get("log")) read_log(*field, settings);
    return settings;
}

LoadedSettings load(const fs::path& path, SecretsPolicy secrets, zones::ZoneSource* zones) {
    LoadedSettings loaded;
    Report report(path.string());
    const auto text = read_text_file(path, kMaxFileBytes);
    if (!text) {
        report.error({}, "", {.code = "unreadable", .message = "the configuration " + text.error().message});
        loaded.diagnostics = report.take();
        return loaded;
    }
    auto document = parse_document(*text, report.file());
    report.add(std::move(document.diagnostics));
    if (document.root) {
        std::error_code no_working_folder;
        AccountSurroundings surroundings;
        surroundings.folder = fs::absolute(path, no_working_folder).parent_path();
        surroundings.readable_by_others = is_readable_by_others(path);
        surroundings.secrets = secrets;
        surroundings.zones = zones;
        const auto top = MapReader::open(Field{document.root.get(), "", &report}, settings_keys());
        if (top) loaded.settings = read_settings(*top, surroundings);
    }
    if (report.has_errors()) loaded.settings.reset();
    loaded.diagnostics = report.take();
    return loaded;
}

}  // namespace

LoadedSettings load_settings(const fs::path& path) { return load(path, SecretsPolicy::resolve, nullptr); }

LoadedSettings load_settings(const fs::path& path, zones::ZoneSource& zones) {
    return load(path, SecretsPolicy::resolve, &zones);
}

LoadedSettings load_settings_without_secrets(const fs::path& path) {
    return load(path, SecretsPolicy::leave, nullptr);
}

}  // namespace runbookd::config
