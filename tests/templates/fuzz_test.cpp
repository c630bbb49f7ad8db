// Whatever the text: a template or an error that points into it. `test_templates "[full]"` goes on for
// longer.
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "catch.hpp"
#include "templates/template.hpp"

using namespace runbookd;
using namespace runbookd::templates;

namespace {

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string text() {
        static const std::vector<std::string> kSeeds{
            "{{ device.hostname }}", "a {{ device.domain | default('x') }} b ${secret:tok} {{ '{{' }}",
            "{{ run.started_at | date('%Y-%m-%d %z') | default(\"n\") }}",
            "{{device.udf.12}}{{site.name}}${secret:a}${secret:b}", "plain }} { $ text"};
        auto text = pick(10) == 0 ? std::string() : kSeeds[pick(kSeeds.size())];
        for (auto n = pick(8); n > 0; --n) mutate(text);
        return text;
    }

private:
    std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
    std::string fragment() {
        static const std::vector<std::string> kFragments{
            "{{", "}}", "{", "}",  "${secret:", "$", "|",  "default", "date", "(",    ")",         "'",
            "\"", " ",  "%", "%Y", "device.",   ".", "\n", "alert",   "ü",    "\x80", "site.name", "udf.3"};
        return pick(20) == 0 ? std::string(1, static_cast<char>(pick(256)))
                             : kFragments[pick(kFragments.size())];
    }
    void mutate(std::string& text) {
        const auto at = pick(text.size() + 1);
        if (pick(3) > 0)
            text.insert(at, fragment());
        else if (at < text.size())
            text.erase(at, 1 + pick(6));
    }

    std::mt19937_64 random_;
};

FieldValue look_up(const Field& field) {
    if (spec_of(field.id).type == FieldType::time) return UtcTime{};
    return std::string("value");
}

void fuzz(int rounds) {
    const auto* given = std::getenv("RUNBOOKD_TEMPLATE_SEED");
    const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 7;
    INFO("RUNBOOKD_TEMPLATE_SEED=" << seed);
    Mutator mutator(seed);
    int parsed = 0;
    int refused = 0;
    for (int n = 0; n < rounds; ++n) {
        const auto text = mutator.text();
        const auto read = Template::parse(text);
        if (!read) {
            ++refused;
            const auto& error = read.error();
            if (error.column < 1 || error.column > text.size() + 1 || error.message.empty())
                FAIL("column " << error.column << " of '" << text << "': " << error.message);
            continue;
        }
        ++parsed;
        const auto rendered = read->render(look_up, cron::utc_zone());
        if (!rendered) FAIL("nothing was null in '" << text << "'");
        // Only a quoted text or a default puts braces into what is sent.
        const bool is_quoted = text.find('\'') != std::string::npos || text.find('"') != std::string::npos;
        if (!is_quoted && rendered->masked().find("{{") != std::string::npos)
            FAIL("braces are left of '" << text << "'");
        const bool is_special = text.find("{{") != std::string::npos || text.find("${") != std::string::npos;
        if (!is_special && read->constant() != text) FAIL("not itself: '" << text << "'");
    }
    CHECK(parsed > rounds / 20);
    CHECK(refused > rounds / 20);
}

}  // namespace

TEST_CASE("any text is a template or an error that points into it", "[templates]") { fuzz(20'000); }

TEST_CASE("any of millions of texts is a template or an error that points into it", "[.full][templates]") {
    fuzz(20'000'000);
}

TEST_CASE("a long text is read once", "[templates]") {
    std::string braces;
    for (int n = 0; n < 8000; ++n) braces += "{{";
    CHECK_FALSE(Template::parse(braces));
    std::string many;
    while (many.size() + 20 < kLongestValue) many += "{{device.uid}}";
    CHECK(Template::parse(many));
}
