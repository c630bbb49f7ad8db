#include "config/settings.hpp"

#include "config/accounts_reader.hpp"
#include "config/byte_size.hpp"
#include "config/control_reader.hpp"
#include "config/customers_reader.hpp"
#include "config/defaults_reader.hpp"
#include "config/document.hpp"
#include "config/fields.hpp"
#include "config/notify_reader.hpp"
#include "config/retention_reader.hpp"
#include "config/secrets_reader.hpp"
#include "config/text_file.hpp"

namespace runbookd::config {
namespace {

namespace fs = std::filesystem;

constexpr Range<Millis> kUnknownAfterRange{std::chrono::seconds{1}, std::chrono::hours{24}};
constexpr std::int64_t kLeastOutputBytes = 1024;
constexpr std::int64_t kMostOutputBytes = std::int64_t{64} << 20;

const Vocabulary& settings_keys() {
    static const Vocabulary keys{
        {"accounts", "customers", "defaults", "profiles", "secrets", "runbooks", "store", "control",
         "retention", "output", "signing_key", "unknown_after", "log", "notify", "allow_plaintext_secrets"},
        {}};
    return keys;
}

std::optional<fs::path> read_path(const Field& field, const fs::path& folder) {
    const auto text = read_text(field);
    if (!text) return std::nullopt;
    return (folder / *text).lexically_normal();
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
    if (const auto apply = map->get("apply"))
        settings.runbooks_are_watched = read_word(*apply, {{"reload"}, {"watch"}}) == 1;
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

/// Everything that says how the daemon keeps and shows what it does.
void read_record(const MapReader& top, const Surroundings& around, Settings& settings) {
    if (const auto field = top.get("store"))
        settings.store_path = read_path(*field, around.folder).value_or(settings.store_path);
    if (const auto field = top.get("control")) read_control(*field, around, settings);
    if (const auto field = top.get("output")) read_output(*field, settings);
    if (const auto field = top.get("retention")) read_retention(*field, settings);
    if (const auto field = top.get("signing_key")) settings.signing_key = read_secret_text(*field, around);
    if (const auto field = top.get("log")) read_log(*field, settings);
}

/// `defaults` and `profiles` come last: they are judged by what is set otherwise.
Settings read_settings(const MapReader& top, Surroundings around) {
    Settings settings;
    if (const auto allowed = top.get("allow_plaintext_secrets")) {
        around.plaintext_allowed = read_bool(*allowed).value_or(false);
    }
    settings.accounts = read_accounts(top, around);
    if (!settings.accounts.empty()) settings.account = settings.accounts.front();
    if (const auto field = top.get("customers"))
        settings.customers = read_customers(*field, settings.account.timezone, around);
    if (const auto field = top.get("secrets")) settings.secrets = read_secrets(*field, around);
    if (const auto field = top.get("runbooks")) read_runbooks(*field, around.folder, settings);
    read_record(top, around, settings);
    if (const auto field = top.get("unknown_after")) {
        settings.unknown_after = read_duration(*field, kUnknownAfterRange).value_or(settings.unknown_after);
    }
    if (const auto field = top.get("notify")) settings.notices = read_notice_targets(*field, around);
    read_runbook_defaults(top, around, settings);
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
        Surroundings around;
        around.folder = fs::absolute(path, no_working_folder).parent_path();
        around.readable_by_others = is_readable_by_others(path);
        around.secrets = secrets;
        around.zones = zones;
        const auto top = MapReader::open(Field{document.root.get(), "", &report}, settings_keys());
        if (top) loaded.settings = read_settings(*top, around);
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

LoadedSettings load_settings_without_secrets(const fs::path& path, zones::ZoneSource& zones) {
    return load(path, SecretsPolicy::leave, &zones);
}

}  // namespace runbookd::config
