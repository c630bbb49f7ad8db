#include "engine/output_cut.hpp"

namespace runbookd::engine {
namespace {

bool continues_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

constexpr std::size_t kLongestCharacter = 4;

}  // namespace

OutputText cut_output(std::string text, std::size_t max_bytes) {
    if (text.size() <= max_bytes) return {std::move(text), false};
    std::size_t head = max_bytes / 2;
    std::size_t tail = text.size() - (max_bytes - head);
    for (std::size_t i = 0; i < kLongestCharacter && head > 0 && continues_a_character(text[head]); ++i)
        --head;
    for (std::size_t i = 0; i < kLongestCharacter && tail < text.size() && continues_a_character(text[tail]);
         ++i)
        ++tail;
    std::string kept = text.substr(0, head);
    kept += "\n[runbookd: " + std::to_string(tail - head) + " bytes left out here]\n";
    kept.append(text, tail);
    return {std::move(kept), true};
}

}  // namespace runbookd::engine
