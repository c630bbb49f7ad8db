#include "sandbox/refusals.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "sandbox/call.hpp"
#include "sandbox/reason.hpp"

namespace runbookd::sandbox {
namespace {

std::string title_of(int status) { return std::to_string(status) + ' ' + std::string(reason_phrase(status)); }

Reply plain_reply(int status, std::string content_type, std::string body) {
    Reply reply;
    reply.status = status;
    reply.content_type = std::move(content_type);
    reply.body = std::move(body);
    return reply;
}

Reply in_shape(BodyForm form, int status, const Request& request, Instant now) {
    switch (form) {
        case BodyForm::json: return error_reply(status, request, now);
        case BodyForm::html: return html_reply(status);
        case BodyForm::text: return plain_reply(status, "text/plain", title_of(status) + '\n');
        case BodyForm::empty: break;
    }
    return plain_reply(status, {}, {});
}

/// Rounded up: who comes back that many seconds later is not early.
std::chrono::seconds whole_seconds(Millis span) { return std::chrono::ceil<std::chrono::seconds>(span); }

}  // namespace

Reply error_reply(int status, const Request& request, Instant now) {
    auto reply = json_reply({{"timestamp", to_unix_ms(now.utc)},
                             {"status", status},
                             {"error", reason_phrase(status)},
                             {"path", request.path}});
    reply.status = status;
    return reply;
}

Reply html_reply(int status) {
    const auto title = title_of(status);
    return plain_reply(
        status, "text/html",
        "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n");
}

Reply refusal_reply(const RefusalShape& shape, const Request& request, Instant now, Millis wait) {
    auto reply = in_shape(shape.body, shape.status, request, now);
    if (shape.retry_after == RetryAfter::seconds)
        reply.headers["Retry-After"] = std::to_string(whole_seconds(wait).count());
    if (shape.retry_after == RetryAfter::date)
        reply.headers["Retry-After"] = http_date(std::chrono::ceil<std::chrono::seconds>(now.utc + wait));
    return reply;
}

std::string http_date(UtcTime at) {
    constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                  kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

}  // namespace runbookd::sandbox
