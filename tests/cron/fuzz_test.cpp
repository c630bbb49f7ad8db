// Whatever the text: an expression or an error that points into it. `test_cron "[full]"` goes on for longer.
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "cron/expression.hpp"
#include "cron/random_expression.hpp"

using runbookd::UtcTime;
using runbookd::cron::Expression;

namespace {

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : make_(seed) {}

    std::string text() {
        static const std::vector<std::string> kSeeds{
            "0 0 L-3 * MON#2",          "@every 1h30m", "H(1-4)/2 H H/15 JAN-MAR FRIL",
            "*/15 8-18,20 1W,LW ? SUN", "@daily",       "0 0 29 2 */7"};
        if (make_.chance(10)) return noise();
        auto text = make_.chance(50) ? make_.expression(cron_tests::Maker::Fields::six).text
                                     : kSeeds[index(kSeeds.size())];
        for (int n = make_.pick(0, 4); n > 0; --n) mutate(text);
        return text;
    }

private:
    std::size_t index(std::size_t size) {
        return static_cast<std::size_t>(make_.pick(0, static_cast<int>(size) - 1));
    }
    char letter() {
        static const std::string kLetters = "0123456789*?/-,#()LWHlwh @ADEFIJMNOSTU\t\n\x80\xff";
        return make_.chance(5) ? static_cast<char>(make_.pick(0, 255)) : kLetters[index(kLetters.size())];
    }
    std::string noise() {
        std::string text;
        for (int n = make_.pick(0, 40); n > 0; --n) text += letter();
        return text;
    }
    void mutate(std::string& text) {
        const auto at = index(text.size() + 1);
        const int kind = make_.pick(0, 3);
        if (kind == 0) text.insert(at, 1, letter());
        if (at == text.size()) return;
        if (kind == 1) text.erase(at, 1);
        if (kind == 2) text[at] = letter();
        if (kind == 3) text.insert(at, text.substr(at, static_cast<std::size_t>(make_.pick(1, 8))));
    }

    cron_tests::Maker make_;
};

void fuzz(int rounds) {
    const auto* given = std::getenv("RUNBOOKD_CRON_SEED");
    const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 7;
    INFO("RUNBOOKD_CRON_SEED=" << seed);
    Mutator mutator(seed);
    int parsed = 0;
    for (int n = 0; n < rounds; ++n) {
        const auto text = mutator.text();
        const auto cron = Expression::parse(text);
        if (cron) {
            ++parsed;
            const auto next = cron->next_after(UtcTime{}, runbookd::cron::utc_zone());
            if (!next || *next <= UtcTime{} || cron->in_words().empty() || cron->text() != text)
                FAIL("parsed, and then: " << text);
            continue;
        }
        const auto& error = cron.error();
        if (error.column < 1 || error.column > text.size() + 1 || error.message.empty() ||
            error.expected.empty())
            FAIL("column " << error.column << " of '" << text << "': " << error.message);
    }
    CHECK(parsed > rounds / 20);
}

}  // namespace

TEST_CASE("any text is an expression or an error that points into it", "[cron]") { fuzz(10'000); }

TEST_CASE("any of millions of texts is an expression or an error that points into it", "[.full][cron]") {
    fuzz(20'000'000);
}

TEST_CASE("a field of any length is read, none is looked at twice", "[cron]") {
    std::string list = "0";
    for (int n = 0; n < 100'000; ++n) list += ",0";
    CHECK(Expression::parse(list + " 0 * * *").has_value());
    CHECK_FALSE(Expression::parse(std::string(100'000, '*')).has_value());
    CHECK_FALSE(Expression::parse("0 0 * * " + std::string(100'000, 'F')).has_value());
}
