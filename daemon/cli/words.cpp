#include "cli/words.hpp"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/time.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kCounts[] = {"succeeded", "warning", "failed",    "timeout", "expired",
                                   "skipped",   "halted",  "cancelled", "unknown", "pending"};

}  // namespace

std::string text_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::int64_t number_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string short_time(const std::string& iso) {
    constexpr std::size_t kToSeconds = 19;
    if (iso.size() < kToSeconds || iso[10] != 'T') return iso;
    auto text = iso.substr(0, kToSeconds);
    text[10] = ' ';
    return text;
}

std::string short_duration(std::int64_t milliseconds) {
    if (milliseconds >= 60'000) return format_duration(Millis{milliseconds / 1000 * 1000});
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1fs", static_cast<double>(milliseconds) / 1000.0);
    return text.data();
}

std::string fleet_read_words(const Json& status) {
    const auto read_at = text_at(status, "fleet_read_at");
    if (read_at.empty()) return read_at;
    const auto then = parse_utc(read_at);
    const auto now = parse_utc(text_at(status, "now"));
    const auto words = short_time(read_at) + " UTC";
    if (!then || !now || *now < *then) return words;
    return words + ", " + short_duration((*now - *then).count()) + " ago";
}

std::string outcome_of(const Json& run) {
    std::string text;
    for (const auto* count : kCounts) {
        const auto number = number_at(run, count);
        if (number == 0) continue;
        if (!text.empty()) text += ", ";
        text += std::to_string(number) + " " + count;
    }
    return text;
}

std::string cell_of(const Json& object, const ListColumn& column) {
    switch (column.shown) {
        case Shown::outcome: return outcome_of(object);
        case Shown::time: return short_time(text_at(object, column.key));
        case Shown::yes: return text_at(object, column.key) == "true" ? "yes" : "";
        case Shown::duration: {
            const auto text = text_at(object, column.key);
            return text.empty() ? text : short_duration(number_at(object, column.key));
        }
        default: return text_at(object, column.key);
    }
}

}  // namespace runbookd::cli
