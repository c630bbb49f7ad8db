#include "audit/view_rows.hpp"

#include <SQLiteCpp/Column.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

namespace runbookd::audit {
namespace {

std::string number_text(double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

struct CsvCell {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return number_text(number); }
    std::string operator()(const std::string& text) const {
        if (!text.empty() && text.find_first_of(",\"\r\n") == std::string::npos) return text;
        std::string quoted = "\"";
        for (const char letter : text) {
            if (letter == '"') quoted += '"';
            quoted += letter;
        }
        return quoted + '"';
    }
};

struct JsonCell {
    nlohmann::ordered_json operator()(std::monostate) const { return nullptr; }
    template <class T>
    nlohmann::ordered_json operator()(const T& value) const {
        return value;
    }
};

}  // namespace

std::string hex_text(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (const char byte : bytes) {
        hex += kDigits[static_cast<unsigned char>(byte) >> 4U];
        hex += kDigits[static_cast<unsigned char>(byte) & 0x0FU];
    }
    return hex;
}

Cell cell_of(SQLite::Statement& statement, int column) {
    const auto value = statement.getColumn(column);
    if (value.isNull()) return {};
    if (value.isInteger()) return value.getInt64();
    if (value.isFloat()) return value.getDouble();
    auto text = value.getString();
    if (value.isBlob()) return hex_text(text);
    return text;
}

std::vector<std::string> column_names(SQLite::Statement& statement) {
    std::vector<std::string> names;
    for (int i = 0; i < statement.getColumnCount(); ++i) names.emplace_back(statement.getColumnName(i));
    return names;
}

std::string json_line(const std::vector<std::string>& columns, const std::vector<Cell>& row) {
    auto object = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < columns.size() && i < row.size(); ++i)
        object[columns[i]] = std::visit(JsonCell{}, row[i]);
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string csv_line(const std::vector<Cell>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) line += ',';
        line += std::visit(CsvCell{}, row[i]);
    }
    return line + '\n';
}

}  // namespace runbookd::audit
