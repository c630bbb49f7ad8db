// What a value may hold, and what is said of one that holds something else.
#include <string>
#include <vector>

#include "catch.hpp"
#include "templates/template.hpp"

using runbookd::templates::FieldUse;
using runbookd::templates::SecretUse;
using runbookd::templates::Template;

namespace {

struct Bad {
    std::string text;
    std::size_t column;
    std::string message;
    std::string suggestion = "";
};

}  // namespace

TEST_CASE("a text without fields and secrets is itself", "[templates]") {
    for (const std::string text :
         {"", "30", "true", " a b ", "{", "}", "{ {", "}}", "a}}b", "$", "${HOME}", "${env:PATH}", "{% if %}",
          "{# c #}", "ü{ü", "$$", "{\"json\": {\"a\": 1}}", "100%"}) {
        INFO(text);
        const auto parsed = Template::parse(text);
        REQUIRE(parsed);
        CHECK(parsed->constant() == text);
        CHECK(parsed->shown() == text);
    }
}

TEST_CASE("fields, filters, secrets and quoted texts are read, blanks or not", "[templates]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"{{device.hostname}}", "{{ device.hostname }}"},
        {"{{ device.hostname }}", "{{ device.hostname }}"},
        {"{{\t\n device.hostname\n}}", "{{ device.hostname }}"},
        {"a{{device.udf.7}}b{{site.name}}", "a{{ device.udf.7 }}b{{ site.name }}"},
        {"{{ device.domain|default('none') }}", "{{ device.domain | default('none') }}"},
        {"{{ device.domain | default ( \"it's\" ) }}", "{{ device.domain | default(\"it's\") }}"},
        {"{{ device.domain | default('') }}", "{{ device.domain | default('') }}"},
        {"{{ run.started_at | date('%Y-%m') }}", "{{ run.started_at | date('%Y-%m') }}"},
        {"{{ occurrence.nominal_at | default('by hand') | date('%F') }}",
         "{{ occurrence.nominal_at | date('%F') | default('by hand') }}"},
        {"{{ '{{' }}x{{ \"}}\" }}", "{{x}}"},
        {"{{'${secret:'}}a}", "${secret:a}"},
        {"${secret:backup-token}", "[secret:backup-token]"},
        {"Bearer ${secret:a}/${secret:b}!", "Bearer [secret:a]/[secret:b]!"},
        {"{{ customer.name }}{{ alert.priority }}", "{{ customer.name }}{{ alert.priority }}"},
    };
    for (const auto& [text, shown] : cases) {
        INFO(text);
        const auto parsed = Template::parse(text);
        REQUIRE(parsed);
        CHECK(parsed->shown() == shown);
    }
}

TEST_CASE("an error points at its column, in characters, and offers the nearest spelling", "[templates]") {
    const std::vector<Bad> cases{
        {"{{ device.hostnam }}", 4, "'device.hostnam' is not a field", "device.hostname"},
        {"{{ Device.Hostname }}", 4, "'Device.Hostname' is not a field", "device.hostname"},
        {"äö {{ host }}", 7, "'host' is not a field", "device.hostname"},
        {"{{ device }}", 4, "'device' is not a field", "device.uid"},
        {"{{ device.udf.0 }}", 4, "'device.udf.0' is not a field", "device.udf.N"},
        {"{{ device.udf.301 }}", 4, "'device.udf.301' is not a field", "device.udf.N"},
        {"{{ device.udf.07 }}", 4, "'device.udf.07' is not a field", "device.udf.N"},
        {"{{ device.udf.N }}", 4, "'device.udf.N' is not a field", "device.udf.N"},
        {"x{{ device.uid", 2, "this {{ has no }}"},
        {"x{{", 2, "this {{ has no }}"},
        {"{{ }}", 4, "there is no field here"},
        {"{{ {{ device.uid }} }}", 4, "there is no field here"},
        {"{{ device.uid } }", 15, "this does not belong into {{ }}"},
        {"{{ device.uid device.os }}", 15, "this does not belong into {{ }}"},
        {"{{ 'a' | default('b') }}", 8, "this does not belong into {{ }}"},
        {"{{ 'a }}", 4, "this quote has no end"},
        {"{{ device.uid | upper }}", 17, "'upper' is not a filter"},
        {"{{ device.uid | defautl('a') }}", 17, "'defautl' is not a filter", "default"},
        {"{{ device.uid | }}", 17, "there is no filter after |"},
        {"{{ device.domain | default }}", 28, "default needs its argument"},
        {"{{ device.domain | default() }}", 28, "default takes a quoted text"},
        {"{{ device.domain | default(x) }}", 28, "default takes a quoted text"},
        {"{{ device.domain | default('a', 'b') }}", 31, "default takes one argument and then )"},
        {"{{ device.domain | default('a') | default('b') }}", 35, "there is a default already"},
        {"{{ device.hostname | date('%Y') }}", 22, "device.hostname is not a time"},
        {"{{ run.started_at | date('%Q') }}", 27, "'%Q' is not supported in a date"},
        {"{{ run.started_at | date('a%') }}", 28, "'%' is not supported in a date"},
        {"{{ run.started_at | date('%Y') | date('%m') }}", 34, "there is a date format already"},
        {"a ${secret:}", 12, "this secret has no name"},
        {"${secret:a", 11, "this secret has no }"},
        {"${secret: a}", 10, "this secret has no name"},
        {"${secret:a b}", 11, "this does not belong into a secret's name"},
        {"${Secret:a}", 1, "a secret is written in small letters", "${secret:"},
    };
    for (const auto& bad : cases) {
        INFO(bad.text);
        const auto parsed = Template::parse(bad.text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().column == bad.column);
        CHECK(parsed.error().message == bad.message);
        CHECK(parsed.error().suggestion == bad.suggestion);
        CHECK((!parsed.error().expected.empty() || !parsed.error().suggestion.empty()));
    }
}

TEST_CASE("a value is at most as long as has been seen to arrive", "[templates]") {
    const std::string longest(runbookd::templates::kLongestValue, 'x');
    CHECK(Template::parse(longest));
    CHECK_FALSE(Template::parse(longest + "x"));
    std::string umlauts;
    for (std::size_t n = 0; n < runbookd::templates::kLongestValue; ++n) umlauts += "ü";
    CHECK(Template::parse(umlauts));
}

TEST_CASE("what a template uses can be asked", "[templates]") {
    const auto parsed = Template::parse("a{{ run.started_at | date('%Y') }}${secret:s}");
    REQUIRE(parsed);
    REQUIRE(parsed->parts().size() == 3);
    CHECK(parsed->uses_date());
    CHECK_FALSE(parsed->constant());
    CHECK(std::get<FieldUse>(parsed->parts()[1]).column == 5);
    CHECK(std::get<SecretUse>(parsed->parts()[2]).column == 35);
    CHECK_FALSE(Template::parse("{{ run.started_at }}")->uses_date());
}
