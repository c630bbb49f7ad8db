#include "engine/output_cut.hpp"

#include "catch.hpp"

namespace runbookd::engine {
namespace {

bool is_utf8(const std::string& text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        const std::size_t more = c < 0x80         ? 0
                                 : (c >> 5) == 6  ? 1
                                 : (c >> 4) == 14 ? 2
                                 : (c >> 3) == 30 ? 3
                                                  : 9;
        if (more == 9 || i + more >= text.size()) return more == 0 && i + 1 == text.size();
        for (std::size_t k = 1; k <= more; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
        i += more + 1;
    }
    return true;
}

}  // namespace

TEST_CASE("a text within its bound stays as it is", "[engine][output]") {
    const auto kept = cut_output("0123456789", 10);
    CHECK(kept.text == "0123456789");
    CHECK_FALSE(kept.truncated);
}

TEST_CASE("a longer text keeps its head and its tail around a marker", "[engine][output]") {
    const auto kept = cut_output("0123456789abcdefghij", 10);
    CHECK(kept.truncated);
    CHECK(kept.text == "01234\n[runbookd: 10 bytes left out here]\nfghij");
}

TEST_CASE("no cut falls into a character", "[engine][output]") {
    for (const std::string character : {"a", "ä", "€", "😀"}) {
        std::string text;
        while (text.size() < 100) text += character;
        for (std::size_t bound = 0; bound < text.size(); ++bound) {
            INFO(character << " cut at " << bound);
            const auto kept = cut_output(text, bound);
            CHECK(kept.truncated);
            CHECK(is_utf8(kept.text + "."));
            CHECK(kept.text.size() <= bound + 60);
        }
    }
}

}  // namespace runbookd::engine
