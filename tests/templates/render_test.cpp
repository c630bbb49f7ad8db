// What goes out for a device.
#include <map>
#include <string>

#include "catch.hpp"
#include "templates/date_format.hpp"
#include "templates/template.hpp"
#include "zones/zones.hpp"

using namespace runbookd;
using namespace runbookd::templates;

namespace {

UtcTime at(const std::string& text) { return *parse_utc(text); }

FieldValue look_up(const Field& field) {
    switch (field.id) {
        case FieldId::device_hostname: return std::string("{{ device.uid }}${secret:s}");
        case FieldId::device_udf: return std::string(field.number == 5 ? "gold" : "");
        case FieldId::site_name: return std::string("Acme HQ");
        case FieldId::run_started_at: return at("2026-11-30T23:30:00Z");
        default: return {};
    }
}

std::string sent(const std::string& text, const cron::Zone& zone = cron::utc_zone()) {
    const auto parsed = Template::parse(text);
    if (!parsed) return "error: " + parsed.error().message;
    const auto rendered = parsed->render(look_up, zone);
    return rendered ? rendered->masked() : "null: " + rendered.error().name;
}

}  // namespace

TEST_CASE("fields are filled in", "[templates]") {
    CHECK(sent("at {{ site.name }}!") == "at Acme HQ!");
    CHECK(sent("{{ device.udf.5 }}") == "gold");
    CHECK(sent("{{ run.started_at }}") == "2026-11-30T23:30:00.000Z");
    CHECK(sent("{{ '{{' }} site.name {{ '}}' }}") == "{{ site.name }}");
}

TEST_CASE("a field without value stops the rendering by its name, unless a default stands for it",
          "[templates]") {
    CHECK(sent("{{ device.domain }}") == "null: device.domain");
    CHECK(sent("{{ device.udf.6 }}") == "null: device.udf.6");
    CHECK(sent("{{ device.udf.6 | default('silver') }}") == "silver");
    CHECK(sent("[{{ device.domain | default('') }}]") == "[]");
    CHECK(sent("{{ occurrence.nominal_at | date('%Y') | default('by hand') }}") == "by hand");
    CHECK(sent("{{ device.udf.5 | default('silver') }}") == "gold");
}

TEST_CASE("dates show the run's zone", "[templates]") {
    zones::Zones zones;
    const auto berlin = zones.find("Europe/Berlin");
    REQUIRE(berlin);
    CHECK(sent("{{ run.started_at | date('%Y-%m') }}") == "2026-11");
    CHECK(sent("{{ run.started_at | date('%Y-%m') }}", **berlin) == "2026-12");
    CHECK(sent("{{ run.started_at | date('%F %T %z') }}", **berlin) == "2026-12-01 00:30:00 +0100");
}

TEST_CASE("each conversion of a date", "[templates]") {
    const std::map<std::string, std::string> monday{
        {"%Y", "2026"},  {"%y", "26"}, {"%m", "03"},         {"%d", "09"},         {"%j", "068"},
        {"%H", "08"},    {"%M", "05"}, {"%S", "07"},         {"%F", "2026-03-09"}, {"%T", "08:05:07"},
        {"%G", "2026"},  {"%V", "11"}, {"%u", "1"},          {"%a", "Mon"},        {"%b", "Mar"},
        {"%z", "+0000"}, {"%%", "%"},  {"%d.%m.", "09.03."}, {"ü", "ü"},           {"", ""}};
    for (const auto& [format, text] : monday) {
        INFO(format);
        CHECK_FALSE(find_bad_conversion(format));
        CHECK(format_date(format, at("2026-03-09T08:05:07.999Z"), cron::utc_zone()) == text);
    }
    // Weeks belong to the year of their Thursday.
    CHECK(format_date("%G-W%V-%u", at("2027-01-01T00:00:00Z"), cron::utc_zone()) == "2026-W53-5");
    CHECK(format_date("%G-W%V-%u", at("2024-12-30T00:00:00Z"), cron::utc_zone()) == "2025-W01-1");
    CHECK(format_date("%j", at("2024-12-31T00:00:00Z"), cron::utc_zone()) == "366");
    CHECK(format_date("%F %T", at("1969-12-31T23:59:59.500Z"), cron::utc_zone()) == "1969-12-31 23:59:59");
    for (const auto& conversion : {"%I", "%p", "%c", "%A", "%", "%Y%"})
        CHECK(find_bad_conversion(conversion));
}

TEST_CASE("what is filled in is never read again", "[templates]") {
    CHECK(sent("{{ device.hostname }}") == "{{ device.uid }}${secret:s}");
    const auto rendered =
        Template::parse("{{ device.hostname }}${secret:t}")->render(look_up, cron::utc_zone());
    REQUIRE(rendered);
    REQUIRE(rendered->pieces().size() == 2);
    CHECK_FALSE(rendered->pieces()[0].is_secret);
    CHECK(rendered->pieces()[1] == Rendered::Piece{"t", true});
}

TEST_CASE("secrets stay names", "[templates]") {
    const auto rendered = Template::parse("Bearer ${secret:api-key}.")->render(look_up, cron::utc_zone());
    REQUIRE(rendered);
    CHECK(rendered->has_secret());
    CHECK(rendered->masked() == "Bearer [secret:api-key].");
    CHECK_FALSE(Rendered("[secret:api-key]").has_secret());
}
