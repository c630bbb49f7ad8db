#include "store/event_data.hpp"

#include <algorithm>
#include <cassert>

#include "store/event_chain.hpp"
#include "store/json_text.hpp"

namespace runbookd::store {

void EventData::begin(std::string_view key) {
    assert(is_plain(key));
    fields_.at(count_++) = {key, values_.size(), 0};
}

void EventData::put(std::string_view key, std::string_view text) {
    begin(key);
    if (is_plain(text))
        append_json_text(values_, text);
    else
        values_ += canonical_json(text);
    end();
}

void EventData::put_json(std::string_view key, std::string_view json) {
    begin(key);
    values_ += json;
    end();
}

std::string EventData::canonical() {
    const auto last = fields_.begin() + static_cast<std::ptrdiff_t>(count_);
    std::sort(fields_.begin(), last, [](const Field& a, const Field& b) { return a.key < b.key; });
    std::string text = "{";
    text.reserve(values_.size() + 32 * count_);
    for (auto field = fields_.begin(); field != last; ++field) {
        if (text.size() > 1) text += ',';
        append_json_text(text, field->key);
        text += ':';
        text.append(values_, field->begin, field->size);
    }
    text += '}';
    return text;
}

}  // namespace runbookd::store
