// The list of fields that people read is the one that is parsed.
#include <fstream>
#include <iterator>
#include <string>

#include "catch.hpp"
#include "templates/date_format.hpp"
#include "templates/fields.hpp"

using namespace runbookd::templates;

TEST_CASE("docs/runbooks.md lists every field as it is, and no other", "[templates]") {
    std::ifstream in(std::string(RUNBOOKD_DOCS) + "/runbooks.md");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    REQUIRE_FALSE(text.empty());
    for (const auto& spec : all_fields()) {
        const auto line = "| `" + std::string(spec.name) + "` | " +
                          (spec.type == FieldType::time ? "time" : "text") + " | " + std::string(spec.known) +
                          " |\n";
        INFO(line);
        CHECK(text.find(line) != std::string::npos);
    }
    std::size_t rows = 0;
    for (const auto* group : {"device", "site", "customer", "run", "occurrence", "alert"}) {
        const auto begin = "\n| `" + std::string(group) + ".";
        for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) ++rows;
    }
    CHECK(rows == all_fields().size());
    CHECK(text.find("`" + std::string(kDateConversions) + "`") != std::string::npos);
}

TEST_CASE("every field is found by its name, and names itself", "[templates]") {
    for (const auto& spec : all_fields()) {
        auto name = std::string(spec.name);
        if (spec.id == FieldId::device_udf) name = "device.udf.17";
        const auto field = find_field(name);
        REQUIRE(field);
        CHECK(field->id == spec.id);
        CHECK(field->name() == name);
    }
}
