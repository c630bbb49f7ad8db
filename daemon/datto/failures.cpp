#include "datto/failures.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "datto/http.hpp"
#include "datto/json_read.hpp"
#include "datto/timestamp.hpp"

namespace runbookd::datto {
namespace {

using engine::ApiFailure;
using engine::FailureKind;

constexpr std::size_t kLongestText = 300;
/// What is looked at of an error body; whoever sends more than this is not explaining an error.
constexpr std::size_t kLongestBody = 64 * 1024;

bool is_html(const Response& answer) {
    const auto start = answer.body.find_first_not_of(" \t\r\n");
    return ascii_lower(answer.content_type).starts_with("text/html") ||
           (start != std::string::npos && answer.body[start] == '<');
}

std::string html_title(const std::string& body) {
    const auto lower = ascii_lower(body);
    const auto open = lower.find("<title");
    const auto start = open == std::string::npos ? open : lower.find('>', open);
    const auto end = start == std::string::npos ? start : lower.find("</title", start);
    if (end == std::string::npos) return {};
    return body.substr(start + 1, end - start - 1);
}

/// The texts of a JSON error body, without its path, which may name anything (reference, 7: shapes 1 to 3).
std::string json_text(const nlohmann::json& body) {
    std::string text;
    for (const auto* key : {"error", "errorCode", "errorMessage", "message", "error_description"}) {
        auto part = text_at(body, key);
        if (part.empty()) continue;
        text += text.empty() ? "" : ": ";
        text += part;
    }
    return text;
}

/// The seed's word for the error: capitals and underscores, or nothing.
std::string error_code_of(const Response& answer) {
    constexpr std::size_t kLongestCode = 64;
    if (is_html(answer)) return {};
    const auto parsed = parse_json(answer.body.substr(0, kLongestBody));
    auto code = parsed ? text_at(*parsed, "errorCode") : std::string();
    const bool is_word =
        std::all_of(code.begin(), code.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    return is_word && code.size() <= kLongestCode ? code : std::string();
}

/// The body's words before they are made safe to show.
std::string raw_text(const Response& answer) {
    const auto body = answer.body.substr(0, kLongestBody);
    if (is_html(answer)) {
        const auto title = html_title(body);
        return title.empty() ? "an HTML page" : "an HTML page, \"" + title + "\"";
    }
    const auto parsed = parse_json(body);
    if (!parsed) return body;
    return parsed->is_string() ? parsed->get<std::string>() : json_text(*parsed);
}

void replace_all(std::string& text, const std::string& what) {
    constexpr std::string_view kInstead = "[secret]";
    if (what.empty()) return;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + kInstead.size()))
        text.replace(at, what.size(), kInstead);
}

std::string one_line(const std::string& text) {
    std::string line;
    for (const auto c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool blank = byte <= 0x20 || byte == 0x7f;
        if (!blank)
            line += c;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

std::string bounded(std::string text) {
    if (text.size() <= kLongestText) return text;
    auto end = kLongestText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;  // not inside a character
    return text.substr(0, end) + "…";
}

/// Whole words, so that "rate" is not found in "operate".
bool mentions_limits(const std::string& text) {
    constexpr std::array<std::string_view, 13> kWords{
        "rate",     "ratelimit", "limit",      "limits", "limiting", "block",   "blocked",
        "throttle", "throttled", "throttling", "quota",  "banned",   "firewall"};
    const auto lower = ascii_lower(text);
    if (lower.find("too many") != std::string::npos) return true;
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    for (std::size_t at = 0; at < lower.size();) {
        auto end = at;
        while (end < lower.size() && is_letter(lower[end])) ++end;
        const auto word = std::string_view(lower).substr(at, end - at);
        if (std::find(kWords.begin(), kWords.end(), word) != kWords.end()) return true;
        at = end + 1;
    }
    return false;
}

bool is_block(const Response& answer, ThrottleMemory memory) {
    return answer.status == 403 && (memory == ThrottleMemory::recently_throttled || is_html(answer) ||
                                    mentions_limits(raw_text(answer)));
}

FailureKind kind_of(const Response& answer, ThrottleMemory memory) {
    switch (answer.status) {
        case 401: return FailureKind::unauthenticated;
        case 403: return is_block(answer, memory) ? FailureKind::blocked : FailureKind::forbidden;
        case 404: return FailureKind::not_found;
        case 409: return FailureKind::conflict;
        case 429: return FailureKind::throttled;
        default: break;
    }
    // What is neither success nor 4xx (a redirect, a 5xx) proves nothing about a create, nor does a gateway's
    // 408.
    if (answer.status == 408) return FailureKind::server_error;
    return answer.status >= 400 && answer.status < 500 ? FailureKind::rejected : FailureKind::server_error;
}

FailureKind token_kind_of(const Response& answer, ThrottleMemory memory) {
    if (is_block(answer, memory)) return FailureKind::blocked;
    if (answer.status == 429) return FailureKind::throttled;
    if (answer.status == 400 || answer.status == 401 || answer.status == 403)
        return FailureKind::bad_credentials;
    return FailureKind::server_error;
}

std::string answered(const Response& answer, std::span<const std::string> secrets) {
    const auto said = error_text(answer, secrets);
    return "answered " + std::to_string(answer.status) + (said.empty() ? "" : ": " + said);
}

}  // namespace

std::string error_text(const Response& answer, std::span<const std::string> secrets) {
    auto text = raw_text(answer);
    for (const auto& secret : secrets) {
        replace_all(text, secret);
        replace_all(text, percent_encoded(secret));
    }
    return bounded(one_line(text));
}

ApiFailure classify_answer(const Response& answer, std::string_view doing, ThrottleMemory memory, UtcTime now,
                           std::span<const std::string> secrets) {
    ApiFailure failure;
    failure.kind = kind_of(answer, memory);
    failure.http_status = answer.status;
    failure.message = std::string(doing) + ": the API " + answered(answer, secrets);
    failure.error_code = error_code_of(answer);
    failure.retry_after = read_retry_after(answer.retry_after, now);
    return failure;
}

ApiFailure classify_token_answer(const Response& answer, ThrottleMemory memory, UtcTime now,
                                 std::span<const std::string> secrets) {
    ApiFailure failure;
    failure.kind = token_kind_of(answer, memory);
    failure.http_status = answer.status;
    failure.message = "fetching the token: the API " + answered(answer, secrets);
    if (failure.kind == FailureKind::bad_credentials)
        failure.message += "; check the account's key and secret";
    else if (answer.status == 404 || answer.status == 405)
        failure.message += "; check the account's url";
    failure.retry_after = read_retry_after(answer.retry_after, now);
    return failure;
}

ApiFailure classify_transport(const TransportFailure& failure, std::string_view doing) {
    ApiFailure sorted;
    sorted.kind = failure.delivery == Delivery::not_sent    ? FailureKind::not_sent
                  : failure.delivery == Delivery::uncertain ? FailureKind::lost
                                                            : FailureKind::server_error;
    sorted.http_status = failure.delivery == Delivery::unusable ? failure.status : 0;
    sorted.message = std::string(doing) + ": " + failure.message;
    return sorted;
}

}  // namespace runbookd::datto
