#include "templates/rendered.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::templates {

std::string secret_mark(std::string_view name) { return "[secret:" + std::string(name) + "]"; }

void Rendered::add_text(std::string text) {
    if (text.empty()) return;
    if (!pieces_.empty() && !pieces_.back().is_secret)
        pieces_.back().text += text;
    else
        pieces_.push_back({std::move(text), false});
}

bool Rendered::has_secret() const {
    return std::any_of(pieces_.begin(), pieces_.end(), [](const Piece& piece) { return piece.is_secret; });
}

std::string Rendered::masked() const {
    std::string text;
    for (const auto& piece : pieces_) text += piece.is_secret ? secret_mark(piece.text) : piece.text;
    return text;
}

}  // namespace runbookd::templates
