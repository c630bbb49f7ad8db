#include "coroutine_traps.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "source_tree.hpp"

namespace architecture {
namespace {

struct Token {
    std::string_view text;
    std::size_t position;
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Words, "::", "->", and single characters.
std::vector<Token> tokens_of(std::string_view code) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < code.size();) {
        if (std::isspace(static_cast<unsigned char>(code[at])) != 0) {
            ++at;
            continue;
        }
        std::size_t length = 1;
        if (is_word(code[at])) {
            while (at + length < code.size() && is_word(code[at + length])) ++length;
        } else if (code.substr(at, 2) == "::" || code.substr(at, 2) == "->") {
            length = 2;
        }
        tokens.push_back({code.substr(at, length), at});
        at += length;
    }
    return tokens;
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 4> kControl{"if", "while", "for", "switch"};
/// A brace after one of these opens a block.
constexpr std::array<std::string_view, 14> kBeforeBlock{
    ")", ";", "{", "}", ":", "else", "do", "try", "", "const", "noexcept", "override", "final", "mutable"};
constexpr std::array<std::string_view, 6> kDefines{"namespace", "class", "struct", "enum", "union", "extern"};
/// Words that may stand before a type that is only made, not declared: `return Foo{}`.
constexpr std::array<std::string_view, 6> kNoType{"return",   "co_return", "co_await",
                                                  "co_yield", "throw",     "else"};
constexpr std::array<std::string_view, 8> kDurations{"Millis", "milliseconds", "seconds", "minutes",
                                                     "hours",  "days",         "UtcTime", "SteadyTime"};

class Scanner {
public:
    explicit Scanner(std::string_view source) : code_(code_only(source)), tokens_(tokens_of(code_)) {}

    std::vector<Trap> traps() {
        open_.push_back({Kind::block, 0, false, {}});
        statements_.emplace_back();
        for (at_ = 0; at_ < tokens_.size(); ++at_) read(tokens_[at_].text);
        return std::move(found_);
    }

private:
    enum class Kind { block, lambda_body, braces, header, round, square };
    struct Bracket {
        Kind kind;
        std::size_t semicolons;            // of a header
        bool lambda_pending;               // an introducer was read: the next brace here is its body
        std::vector<std::size_t> awaited;  // of a header: after how many semicolons, each
    };
    struct Statement {
        std::size_t begin = 0;  // token
        std::size_t await = 0;  // token of the first, from 1; 0 none
        bool captures = false;
        bool braced = false;
        bool defines = false;
        bool control = false;
        bool arrow = false;
    };

    [[nodiscard]] std::string_view token(std::size_t back) const {
        return at_ >= back ? tokens_[at_ - back].text : std::string_view{};
    }
    [[nodiscard]] bool at_word(std::size_t back) const {
        const auto text = token(back);
        return !text.empty() && is_word(text.front());
    }
    Statement& statement() { return statements_.back(); }

    void read(std::string_view text) {
        if (is_one_of(text, kControl)) statement().control = true;
        if (is_one_of(text, kDefines)) statement().defines = true;
        if (text == "->") statement().arrow = true;
        if (text == "co_await") read_await();
        if (text == "(") read_round();
        if (text == "[") read_square();
        if (text == "{") read_brace();
        if (text == ")" || text == "]" || text == "}") close(text);
        if (text == ";") read_semicolon();
    }

    void read_await() {
        if (statement().await == 0) statement().await = at_ + 1;
        for (auto& bracket : open_)
            if (&bracket >= innermost_block() && bracket.kind == Kind::header)
                bracket.awaited.push_back(bracket.semicolons);
    }

    Bracket* innermost_block() {
        auto* found = &open_.back();
        while (found->kind != Kind::block && found->kind != Kind::lambda_body) --found;
        return found;
    }

    void read_round() {
        const bool is_header = statement().control;
        statement().control = false;
        open_.push_back({is_header ? Kind::header : Kind::round, 0, false, {}});
    }

    /// A lambda begins where no subscript can; [[attributes]] are neither.
    void read_square() {
        const auto before = token(1);
        const bool attribute = before == "[" || (at_ + 1 < tokens_.size() && tokens_[at_ + 1].text == "[");
        const bool subscript =
            (at_word(1) && !is_one_of(before, kNoType)) || before == ")" || before == "]" || before == "\"";
        if (!attribute && !subscript) {
            open_.back().lambda_pending = true;
            statement().captures |= at_ + 1 < tokens_.size() && tokens_[at_ + 1].text != "]";
        }
        open_.push_back({Kind::square, 0, false, {}});
    }

    void read_brace() {
        if (open_.back().lambda_pending) {
            open_.back().lambda_pending = false;
            return open_block(Kind::lambda_body);
        }
        const bool in_expression = open_.back().kind == Kind::round || open_.back().kind == Kind::header ||
                                   open_.back().kind == Kind::braces;
        const bool is_block = statement().defines || statement().arrow || is_one_of(token(1), kBeforeBlock);
        if (is_block && !in_expression) return open_block(Kind::block);
        if (!declares() && !is_one_of(token(1), kDurations)) statement().braced = true;
        open_.push_back({Kind::braces, 0, false, {}});
    }

    /// `Type name{`: what is braced has a name.
    [[nodiscard]] bool declares() const {
        if (!at_word(1) || open_.back().kind == Kind::round) return false;
        const auto before = token(2);
        return (at_word(2) && !is_one_of(before, kNoType)) || before == ">" || before == "&" || before == "*";
    }

    void open_block(Kind kind) {
        open_.push_back({kind, 0, false, {}});
        statements_.emplace_back();
    }

    void close(std::string_view) {
        if (open_.size() == 1) return;
        const auto bracket = open_.back();
        open_.pop_back();
        if (bracket.kind == Kind::block || bracket.kind == Kind::lambda_body) {
            end_statement();
            statements_.pop_back();
            if (bracket.kind == Kind::block) end_statement();
        } else if (bracket.kind == Kind::header) {
            for (const auto part : bracket.awaited)
                if (part > 0 || bracket.semicolons == 0)
                    report(at_, "co_await in the header of if, while, for or switch");
            end_statement();
        }
    }

    void read_semicolon() {
        if (open_.back().kind == Kind::header) {
            ++open_.back().semicolons;
        } else if (open_.back().kind == Kind::block || open_.back().kind == Kind::lambda_body) {
            open_.back().lambda_pending = false;
            end_statement();
        }
    }

    void end_statement() {
        if (statement().await != 0 && statement().captures)
            report(statement().await - 1, "a capturing lambda in a statement that awaits");
        if (statement().await != 0 && statement().braced)
            report(statement().await - 1, "a braced temporary in a statement that awaits");
        statement() = {};
    }

    void report(std::size_t token_number, const char* what) {
        found_.push_back({line_at(code_, tokens_[token_number].position), what});
    }

    std::string code_;
    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::vector<Bracket> open_;
    std::vector<Statement> statements_;
    std::vector<Trap> found_;
};

}  // namespace

std::vector<Trap> coroutine_traps(std::string_view source) { return Scanner(source).traps(); }

}  // namespace architecture
