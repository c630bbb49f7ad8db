#include "source_tree.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"

namespace architecture {
namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Walks a text once and blanks what is no code.
class Blanker {
public:
    explicit Blanker(std::string_view text) : text_(text) {}

    std::string blanked() {
        while (at_ < text_.size()) {
            if (starts("//")) {
                blank_to(end_of_line(at_));
            } else if (starts("/*")) {
                blank_to(after("*/", at_ + 2));
            } else if (text_[at_] == '#' && only_blanks_before()) {
                blank_to(end_of_line(at_));
            } else if (text_[at_] == '"') {
                is_raw() ? blank_raw() : blank_quoted('"');
            } else if (text_[at_] == '\'' && (at_ == 0 || !is_word(text_[at_ - 1]))) {  // else 1'000
                blank_quoted('\'');
            } else {
                out_ += text_[at_++];
            }
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }
    [[nodiscard]] bool is_raw() const { return at_ > 0 && text_[at_ - 1] == 'R'; }
    [[nodiscard]] bool only_blanks_before() const {
        const auto line = out_.substr(out_.find_last_of('\n') + 1);
        return line.find_first_not_of(" \t") == std::string::npos;
    }
    [[nodiscard]] std::size_t after(std::string_view mark, std::size_t from) const {
        const auto found = text_.find(mark, from);
        return found == std::string_view::npos ? text_.size() : found + mark.size();
    }
    /// A backslash carries the line on.
    [[nodiscard]] std::size_t end_of_line(std::size_t from) const {
        auto end = std::min(text_.find('\n', from), text_.size());
        while (end < text_.size() && text_[end - 1] == '\\')
            end = std::min(text_.find('\n', end + 1), text_.size());
        return end;
    }
    void blank_to(std::size_t end) {
        for (; at_ < end; ++at_) out_ += text_[at_] == '\n' ? '\n' : ' ';
    }
    void blank_raw() {
        const auto open = std::min(text_.find('(', at_), text_.size() - 1);
        const auto close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
        finish_literal(after(close, open), '"');
    }
    void blank_quoted(char quote) {
        auto end = at_ + 1;
        while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
        finish_literal(std::min(end + 1, text_.size()), quote);
    }
    /// The quotes stay: a literal is still something that stands there.
    void finish_literal(std::size_t end, char quote) {
        const auto begin = out_.size();
        blank_to(end);
        out_[begin] = out_.back() = quote;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace

std::vector<SourceFile> source_files(const std::string& folder) {
    std::vector<SourceFile> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const auto extension = entry.path().extension();
        if (entry.is_regular_file() && (extension == ".hpp" || extension == ".cpp"))
            files.push_back({entry.path().generic_string(), read(entry.path())});
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    REQUIRE_FALSE(files.empty());  // else run from another folder than the checkout's
    return files;
}

std::vector<SourceFile> all_sources() {
    auto files = source_files("daemon");
    for (auto& file : source_files("sandbox")) files.push_back(std::move(file));
    return files;
}

std::string code_only(std::string_view text) { return Blanker(text).blanked(); }

std::size_t line_at(std::string_view text, std::size_t position) {
    return 1 + static_cast<std::size_t>(
                   std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

}  // namespace architecture
