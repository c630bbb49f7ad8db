#pragma once
// What an event that is written often says, without a tree of JSON values.
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace runbookd::store {

/// The fields of an event's `data`, in any order, each key once. Keys are literals of printable ASCII.
class EventData {
public:
    void put(std::string_view key, std::string_view text);
    void put(std::string_view key, const char* text) { put(key, std::string_view(text)); }
    void put(std::string_view key, std::integral auto value) {
        if constexpr (std::same_as<decltype(value), bool>)
            put_json(key, value ? "true" : "false");
        else
            put_json(key, std::to_string(value));
    }
    /// `json`: a value in its canonical form.
    void put_json(std::string_view key, std::string_view json);

    /// RFC 8785: keys sorted, no white space.
    [[nodiscard]] std::string canonical();

private:
    static constexpr std::size_t kMost = 24;
    struct Field {
        std::string_view key;
        std::size_t begin = 0, size = 0;  // in values_
    };
    void begin(std::string_view key);
    void end() { fields_.at(count_ - 1).size = values_.size() - fields_.at(count_ - 1).begin; }

    std::array<Field, kMost> fields_{};
    std::size_t count_ = 0;
    std::string values_;
};

// As those of event_fields.hpp.
inline void put_text(EventData& data, std::string_view key, std::string_view text) {
    if (!text.empty()) data.put(key, text);
}
inline void put_integer(EventData& data, std::string_view key, std::optional<std::int64_t> value) {
    if (value) data.put(key, *value);
}
inline void put_time(EventData& data, std::string_view key, std::optional<UtcTime> time) {
    if (time) data.put(key, format_utc(*time));
}

}  // namespace runbookd::store
