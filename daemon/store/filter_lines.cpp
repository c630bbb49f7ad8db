#include "store/filter_lines.hpp"

#include <algorithm>
#include <cctype>

namespace runbookd::store {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

bool has_parameter(std::string_view sql, std::string_view name) {
    const auto parameter = ":" + std::string(name);
    for (auto at = sql.find(parameter); at != std::string_view::npos; at = sql.find(parameter, at + 1)) {
        const auto end = at + parameter.size();
        if (end == sql.size() || !is_word(sql[end])) return true;
    }
    return false;
}

std::string with_filters(std::string_view sql, std::span<const std::string> set) {
    std::string kept;
    while (!sql.empty()) {
        const auto line = sql.substr(0, std::min(sql.find('\n'), sql.size() - 1) + 1);
        sql.remove_prefix(line.size());
        const bool is_filter =
            line.substr(std::min(line.find_first_not_of(' '), line.size())).starts_with("AND ");
        const auto named = [&](const std::string& name) { return has_parameter(line, name); };
        if (!is_filter || std::any_of(set.begin(), set.end(), named)) kept += line;
    }
    return kept;
}

}  // namespace runbookd::store
