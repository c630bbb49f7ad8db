#include "runbook/json_object.hpp"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

namespace runbookd::runbook {
namespace {

using Json = nlohmann::json;

/// Writes down what the library reads, as it reads it: its values would lose the order of the keys, and how
/// a number was written. `false` ends the reading.
class Speller {
public:
    [[nodiscard]] std::string take() { return std::move(text_); }

    bool null() { return put("null"); }
    bool boolean(bool value) { return put(value ? "true" : "false"); }
    bool number_integer(std::int64_t value) { return put(std::to_string(value)); }
    bool number_unsigned(std::uint64_t value) { return put(std::to_string(value)); }
    bool number_float(double /*value*/, const std::string& written) { return put(written); }
    bool string(const std::string& value) { return put(Json(value).dump()); }
    bool binary(const Json::binary_t& /*value*/) { return false; }  // JSON has none

    bool key(const std::string& name) {
        if (!names_.back().insert(name).second) return false;
        put(Json(name).dump());
        text_ += ':';
        follows_ = false;
        return true;
    }
    bool start_object(std::size_t /*size*/) { return open('{'); }
    bool end_object() { return close('}'); }
    bool start_array(std::size_t /*size*/) { return open('['); }
    bool end_array() { return close(']'); }
    bool parse_error(std::size_t /*place*/, const std::string& /*token*/, const Json::exception& /*error*/) {
        return false;
    }

private:
    bool put(const std::string& text) {
        if (std::exchange(follows_, true)) text_ += ',';
        text_ += text;
        return true;
    }
    bool open(char bracket) {
        if (names_.size() >= static_cast<std::size_t>(kDeepestJson)) return false;
        put(std::string(1, bracket));
        names_.emplace_back();
        follows_ = false;
        return true;
    }
    bool close(char bracket) {
        names_.pop_back();
        text_ += bracket;
        return follows_ = true;
    }

    std::string text_;
    std::vector<std::set<std::string>> names_;  // of each object that is open; of an array none
    bool follows_ = false;                      // something stands before the next value at this depth
};

}  // namespace

std::optional<std::string> plain_json_object(std::string_view text) {
    // The library would pass over a byte order mark, which is none of JSON's.
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || text[begin] != '{') return std::nullopt;
    Speller speller;
    if (!Json::sax_parse(text, &speller)) return std::nullopt;
    return speller.take();
}

}  // namespace runbookd::runbook
