#include "cli/daemon_errors.hpp"

#include <grp.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace runbookd::cli {
namespace {

std::string group_of(const std::string& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) return {};
    std::array<char, 16384> buffer{};
    struct group entry{};
    struct group* group = nullptr;
    if (::getgrgid_r(found.st_gid, &entry, buffer.data(), buffer.size(), &group) != 0 || group == nullptr)
        return {};
    return group->gr_name;
}

ErrorCode code_of(unsigned status, const std::string& told) {
    if (told == "REFUSED_BY_RULE") return ErrorCode::refused_by_rule;
    if (told == "NOT_SUPPORTED") return ErrorCode::not_supported;
    if (told == "RATE_LIMITED") return ErrorCode::rate_limited;
    if (status == 404) return ErrorCode::not_found;
    if (status == 409) return ErrorCode::conflict;
    if (status == 503) return ErrorCode::unavailable;
    if (status >= 500) return ErrorCode::internal;
    return ErrorCode::invalid_input;
}

/// "; candidates: a, b" from a list of texts in the details.
std::string named_list(const nlohmann::json& details, const char* key, const char* words) {
    const auto list = details.find(key);
    if (list == details.end() || !list->is_array() || list->empty()) return {};
    std::string text;
    for (const auto& element : *list) {
        if (!element.is_string()) continue;
        text += text.empty() ? std::string("; ") + words + " " : ", ";
        text += element.get<std::string>();
    }
    return text;
}

}  // namespace

Error connect_error(const std::string& socket, int number) {
    if (number == ENOENT || number == ENOTDIR)
        return {ErrorCode::unavailable,
                "the daemon cannot be reached: there is no socket at " + socket +
                    "; is it running (systemctl status runbookd), and is this its socket "
                    "(--socket, --config)?"};
    if (number == ECONNREFUSED)
        return {ErrorCode::unavailable, "the daemon cannot be reached: nobody answers at " + socket +
                                            "; it seems to have ended (systemctl status runbookd)"};
    if (number == EACCES || number == EPERM) {
        const auto group = group_of(socket);
        return {ErrorCode::permission, "the daemon cannot be reached: you may not use " + socket + "; " +
                                           (group.empty() ? "its folder is closed to you"
                                                          : "members of the group '" + group + "' may") +
                                           ", or use sudo"};
    }
    return {ErrorCode::unavailable, "the daemon cannot be reached at " + socket + ": " +
                                        std::strerror(number) + " (systemctl status runbookd)"};
}

Error told_error(unsigned status, const std::string& body) {
    const auto told = nlohmann::json::parse(body, nullptr, false);
    if (!told.is_object() || !told.contains("message") || !told["message"].is_string())
        return {status >= 500 ? ErrorCode::unavailable : ErrorCode::internal,
                "the daemon answered " + std::to_string(status) +
                    " in words that are not its own; is this its socket?"};
    auto message = told["message"].get<std::string>();
    const auto error_code = told.contains("errorCode") && told["errorCode"].is_string()
                                ? told["errorCode"].get<std::string>()
                                : std::string{};
    if (const auto details = told.find("details"); details != told.end() && details->is_object()) {
        message += named_list(*details, "candidates", "candidates:");
        message += named_list(*details, "suggestions", "did you mean:");
    }
    return {code_of(status, error_code), std::move(message)};
}

}  // namespace runbookd::cli
