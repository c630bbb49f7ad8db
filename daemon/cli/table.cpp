#include "cli/table.hpp"

#include <algorithm>

namespace runbookd::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;

bool begins_letter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

/// At most `width` letters, the last an ellipsis where something was cut.
std::string cut(const std::string& text, std::size_t width) {
    if (display_width(text) <= width) return text;
    std::string kept;
    std::size_t letters = 0;
    for (const char byte : text) {
        if (begins_letter(byte) && ++letters == width) break;
        kept += byte;
    }
    return kept + "…";
}

std::string one_line(std::string_view text) {
    auto line = harmless(text);
    std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return line;
}

const char* colour_of(std::string_view word) {
    if (word == "completed" || word == "succeeded" || word == "on_time") return "\x1b[32m";
    if (word == "failed" || word == "timeout" || word == "unknown" || word == "aborted" || word == "missed" ||
        word == "expired")
        return "\x1b[31m";
    if (word == "warning" || word == "late" || word == "skipped" || word == "halted" || word == "cancelled")
        return "\x1b[33m";
    return nullptr;
}

std::vector<std::size_t> widths_of(const Table& table, const std::vector<std::vector<std::string>>& cells,
                                   std::size_t terminal) {
    std::vector<std::size_t> widths;
    for (const auto& column : table.columns) widths.push_back(display_width(column.header));
    for (const auto& row : cells)
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row[i]));
    if (terminal == 0) return widths;
    auto total = kGap * (widths.empty() ? 0 : widths.size() - 1);
    for (const auto width : widths) total += width;
    while (total > terminal) {
        std::size_t* widest = nullptr;
        for (std::size_t i = 0; i < widths.size(); ++i)
            if (table.columns[i].shrinks && widths[i] > kNarrowest &&
                (widest == nullptr || widths[i] > *widest))
                widest = &widths[i];
        if (widest == nullptr) break;
        --*widest;
        --total;
    }
    return widths;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_letter));
}

std::string harmless(std::string_view text) {
    std::string clean(text);
    for (auto& byte : clean) {
        const auto value = static_cast<unsigned char>(byte);
        if ((value < 0x20 && byte != '\n' && byte != '\t') || value == 0x7F) byte = '?';
    }
    // U+0080 to U+009F: terminals take them for control characters too.
    for (std::size_t i = 0; i + 1 < clean.size(); ++i)
        if (clean[i] == '\xC2' && static_cast<unsigned char>(clean[i + 1]) < 0xA0) clean.replace(i, 2, "?");
    return clean;
}

std::string render(const Table& table, const Look& look) {
    std::vector<std::vector<std::string>> cells;
    for (const auto& row : table.rows) {
        auto& line = cells.emplace_back();
        for (std::size_t i = 0; i < table.columns.size(); ++i)
            line.push_back(i < row.size() ? one_line(row[i]) : std::string{});
    }
    const auto widths = widths_of(table, cells, look.width);
    std::string text;
    const auto add_line = [&](const auto& cell_at, bool has_colour) {
        std::string line;
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const auto cell = cut(cell_at(i), widths[i]);
            const std::string padding(widths[i] - display_width(cell), ' ');
            const char* colour = has_colour ? colour_of(cell) : nullptr;
            const auto shown = colour != nullptr ? colour + cell + "\x1b[0m" : cell;
            if (i > 0) line.append(kGap, ' ');
            line += table.columns[i].align == Align::right ? padding + shown : shown + padding;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    };
    add_line([&](std::size_t i) { return table.columns[i].header; }, false);
    for (const auto& row : cells) add_line([&](std::size_t i) { return row[i]; }, look.has_colour);
    return text;
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) line += ',';
        if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
            line += cells[i];
            continue;
        }
        line += '"';
        for (const char c : cells[i]) {
            if (c == '"') line += '"';
            line += c;
        }
        line += '"';
    }
    return line + "\n";
}

}  // namespace runbookd::cli
