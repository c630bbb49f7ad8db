#include "config/secrets_reader.hpp"

#include <algorithm>

#include "config/quantities.hpp"
#include "config/secret_reference.hpp"

namespace runbookd::config {
namespace {

constexpr const char* kReference = "${credential:NAME}, ${file:/path} or ${env:NAME}";
/// Outputs are searched for the value: a short one would be found in innocent text.
constexpr std::size_t kLeastBytes = 8;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostSecrets = 1000;

bool is_plaintext_refused(const Field& field, const Surroundings& around) {
    if (!around.plaintext_allowed) {
        field.error(
            {.code = "plaintext_secret",
             .message =
                 "this secret stands here in clear text; put it into a systemd credential, a file or the "
                 "environment, or write allow_plaintext_secrets: true",
             .expected = "${credential:NAME}, ${file:/path} or ${env:NAME}"});
        return true;
    }
    if (around.readable_by_others) {
        field.warning(
            {.code = "readable_by_others",
             .message =
                 "this secret stands in a file that every user of this machine can read; chmod o= it"});
    }
    return false;
}

/// Whether there is a text that may stand there.
bool is_usable(const Field& field, const Surroundings& around) {
    if (!field.is_scalar() || field.node->text.empty()) {
        // What stands here may be a secret that slipped into the wrong place: never shown.
        field.error({.code = "wrong_type", .message = "there is no text here", .expected = kReference});
        return false;
    }
    return is_secret_reference(field.node->text) || !is_plaintext_refused(field, around);
}

bool is_secret_name(std::string_view name) {
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto inside = [&](char c) { return letter(c) || c == '-' || c == '_' || c == '.'; };
    return !name.empty() && name.size() <= kLongestName && letter(name.front()) &&
           std::all_of(name.begin(), name.end(), inside);
}

std::vector<std::string> read_runbooks(const MapReader& map) {
    std::vector<std::string> globs;
    const auto field = map.get("runbooks");
    if (!field) {
        map.missing("runbooks", R"(which runbooks may use it, such as runbooks: ["backup-*"])");
        return globs;
    }
    const auto items = read_full_list(*field, R"(["backup-*"])");
    for (const auto& item : items)
        if (auto glob = read_text(item)) globs.push_back(std::move(*glob));
    report_repeats(items);
    return globs;
}

DeclaredSecret read_declared(const Field& field, const Surroundings& around) {
    static const Vocabulary keys{{"from", "runbooks"}, {}};
    DeclaredSecret secret;
    const auto map = MapReader::open(field, keys);
    if (!map) return secret;
    secret.runbooks = read_runbooks(*map);
    const auto from = map->get("from");
    if (!from) {
        map->missing("from", kReference);
        return secret;
    }
    secret.value = read_secret(*from, around);
    if (!secret.value.empty() && secret.value.reveal().size() < kLeastBytes)
        from->error(
            {.code = "bad_value",
             .message = "this secret is too short to be found in outputs, where it would have to be masked",
             .expected = "at least " + std::to_string(kLeastBytes) + " bytes"});
    return secret;
}

Secret read(const Field& field, const Surroundings& around, SecretLines lines) {
    if (!is_usable(field, around) || around.secrets == SecretsPolicy::leave) return {};
    const auto& text = field.node->text;
    if (!is_secret_reference(text)) return Secret(text);
    auto found = resolve_secret(text, lines);
    if (!found) {
        field.error({.code = found.error().code == ErrorCode::invalid_input ? "bad_value" : "unreadable",
                     .message = found.error().message,
                     .expected = kReference});
        return {};
    }
    if (!found->warning.empty()) field.warning({.code = "readable_by_others", .message = found->warning});
    return std::move(found->value);
}

}  // namespace

Secret read_secret(const Field& field, const Surroundings& around) {
    return read(field, around, SecretLines::one);
}

Secret read_secret_text(const Field& field, const Surroundings& around) {
    return read(field, around, SecretLines::any);
}

void check_secret(const Field& field, const Surroundings& around) { (void)is_usable(field, around); }

std::map<std::string, DeclaredSecret> read_secrets(const Field& field, const Surroundings& around) {
    std::map<std::string, DeclaredSecret> secrets;
    if (!field.is_map()) {
        field.wrong_type(
            "a map such as {backup-token: {from: \"${credential:NAME}\", runbooks: [\"backup-*\"]}}");
        return secrets;
    }
    report_duplicates(field);
    if (field.node->entries.size() > kMostSecrets)
        field.error({.code = "bad_value",
                     .message = "there are too many secrets here",
                     .expected = "at most " + std::to_string(kMostSecrets)});
    for (const auto& entry : field.node->entries) {
        const auto path = field.path + "." + clipped(entry.key);
        if (!is_secret_name(entry.key))
            field.report->error(entry.key_mark, path,
                                {.code = "bad_value",
                                 .message = shown(entry.key) + " cannot be a secret's name",
                                 .expected = "letters, digits, '-', '_' and '.', at most 64"});
        secrets[entry.key] = read_declared(Field{entry.value.get(), path, field.report}, around);
    }
    return secrets;
}

}  // namespace runbookd::config
