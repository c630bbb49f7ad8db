#include "config/secret_reference.hpp"

#include <cstdlib>
#include <filesystem>

#include "config/text_file.hpp"

namespace runbookd::config {
namespace {

constexpr std::size_t kMostSecretBytes = 64 * 1024;

void trim_line_end(std::string& text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
}

Result<ResolvedSecret> check(ResolvedSecret found, const std::string& where, SecretLines lines) {
    const auto& text = found.value.reveal();
    if (text.empty()) return fail(ErrorCode::invalid_input, where + " is empty");
    // Anything else would break the request that it is put into.
    if (lines == SecretLines::one && text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
        return fail(ErrorCode::invalid_input, where + " holds more than one line");
    }
    return found;
}

Result<ResolvedSecret> from_file(const std::filesystem::path& path, SecretLines lines) {
    auto text = read_text_file(path, kMostSecretBytes);
    if (!text) return fail(text.error().code, path.string() + " " + text.error().message);
    trim_line_end(*text);
    ResolvedSecret found;
    found.value = Secret(std::move(*text));
    if (is_readable_by_others(path)) {
        found.warning = path.string() + " can be read by every user of this machine; chmod o= it";
    }
    return check(std::move(found), path.string(), lines);
}

Result<ResolvedSecret> from_credential(const std::string& name, SecretLines lines) {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
        return fail(ErrorCode::invalid_input, "'" + name + "' is not the name of a credential");
    }
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0') {
        return fail(ErrorCode::not_found,
                    "there are no credentials here: start runbookd by systemd with LoadCredential=" + name +
                        ":…, or use ${file:…} or ${env:…}");
    }
    auto found = from_file(std::filesystem::path(folder) / name, lines);
    // systemd guards this folder itself.
    if (found) found->warning.clear();
    return found;
}

Result<ResolvedSecret> from_environment(const std::string& name, SecretLines lines) {
    if (name.empty()) return fail(ErrorCode::invalid_input, "${env:} names no variable");
    const char* value = std::getenv(name.c_str());
    if (value == nullptr)
        return fail(ErrorCode::not_found, "the environment variable " + name + " is not set");
    ResolvedSecret found;
    found.value = Secret(value);
    return check(std::move(found), "the environment variable " + name, lines);
}

}  // namespace

bool is_secret_reference(std::string_view text) { return text.starts_with("${") && text.ends_with("}"); }

Result<ResolvedSecret> resolve_secret(std::string_view reference, SecretLines lines) {
    const auto inside = reference.substr(2, reference.size() - 3);
    const auto colon = inside.find(':');
    const auto kind = inside.substr(0, colon);
    const std::string name(colon == std::string_view::npos ? std::string_view{} : inside.substr(colon + 1));
    if (kind == "credential") return from_credential(name, lines);
    if (kind == "env") return from_environment(name, lines);
    if (kind == "file" && name.starts_with('/')) return from_file(name, lines);
    if (kind == "file") return fail(ErrorCode::invalid_input, "${file:…} needs an absolute path");
    return fail(ErrorCode::invalid_input, "'" + std::string(kind) + "' is not a source of secrets");
}

}  // namespace runbookd::config
