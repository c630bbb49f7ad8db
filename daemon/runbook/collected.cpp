#include "runbook/collected.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "runbook/json_object.hpp"

namespace runbookd::runbook {
namespace {

constexpr std::string_view kMarker = "::row";
constexpr std::string_view kBlanks = " \t\r";

/// Whether something else than blanks stands before `place` on its line.
bool is_inside_line(std::string_view text, std::size_t place) {
    const auto before = text.substr(0, place).find_last_not_of(kBlanks);
    return before != std::string_view::npos && text[before] != '\n';
}

void take(Collected& collected, std::string_view line) {
    std::string said;
    said.reserve(line.size());
    std::copy_if(line.begin(), line.end(), std::back_inserter(said), [](char c) { return c != '\r'; });
    auto row = plain_json_object(said);
    if (!row)
        ++collected.not_rows;
    else if (row->size() > kLongestRow || collected.rows.size() >= kMostRows)
        ++collected.left_out;
    else
        collected.rows.push_back(std::move(*row));
}

}  // namespace

Collected read_collected(std::string_view out) {
    Collected collected;
    for (auto place = out.find(kMarker); place != std::string_view::npos; place = out.find(kMarker, place)) {
        const auto end = std::min(out.find('\n', place), out.size());
        const auto said = out.substr(place + kMarker.size(), end - place - kMarker.size());
        // "::rows", "::row=": another word.
        const bool is_marker =
            said.empty() || kBlanks.find(said.front()) != std::string_view::npos || said.front() == '{';
        if (is_marker && !is_inside_line(out, place)) take(collected, said);
        place = end;
    }
    return collected;
}

}  // namespace runbookd::runbook
