#include "config/schedule_reader.hpp"

#include "config/source_text.hpp"
#include "config/zone_reader.hpp"
#include "zones/zones.hpp"

namespace runbookd::config {
namespace {

const Vocabulary& schedule_keys() {
    static const Vocabulary keys{{"cron", "timezone"},
                                 {"at", "maintenance", "days", "offset", "jitter", "dst", "catch_up"}};
    return keys;
}

/// The place inside the expression where the file spells it letter by letter, else where it begins.
Mark mark_inside(const Node& node, std::size_t column) {
    if (node.text_mark.line == 0) return node.mark;
    const auto before = std::string_view(node.text).substr(0, column - 1);
    return {node.text_mark.line, node.text_mark.column + static_cast<int>(count_characters(before))};
}

std::optional<cron::Expression> read_cron(const Field& field) {
    const auto text = read_text(field);
    if (!text) return std::nullopt;
    auto parsed = cron::Expression::parse(*text);
    if (parsed) return std::move(*parsed);
    const auto& error = parsed.error();
    Finding finding{.code = error.not_supported ? "not_supported" : "cron_syntax",
                    .message = error.field.empty() ? error.message : error.field + ": " + error.message,
                    .expected = error.expected};
    field.report->error(mark_inside(*field.node, std::max<std::size_t>(error.column, 1)), field.path,
                        std::move(finding));
    return std::nullopt;
}

std::shared_ptr<const cron::Zone> find_default(const Field& field, const std::string& name,
                                               zones::Zones& zones) {
    auto zone = zones.find(name);
    if (zone) return *zone;
    field.error({.code = "unknown_zone",
                 .message = "the account's time zone holds here, and " + zone.error().message,
                 .expected = "a valid timezone: in the account's settings, or here"});
    return nullptr;
}

}  // namespace

ReadSchedule read_schedule(const Field& field, const std::string& default_zone, zones::Zones& zones) {
    ReadSchedule read;
    std::optional<cron::Expression> expression;
    std::shared_ptr<const cron::Zone> zone;
    if (field.is_list()) {
        field.not_supported("a list of schedules");
        return read;
    }
    if (field.is_map()) {
        const auto map = MapReader::open(field, schedule_keys());
        const auto cron = map->get("cron");
        if (cron) expression = read_cron(*cron);
        if (!cron && !map->has("at") && !map->has("maintenance"))
            map->missing("cron", R"(such as cron: "0 2 * * SUN")");
        if (const auto written = map->get("timezone")) {
            read.zone_is_default = false;
            zone = read_zone(*written, zones);
        }
    } else if (field.is_scalar()) {
        expression = read_cron(field);
    } else {
        field.wrong_type(R"(a cron expression such as "0 2 * * SUN", or a map with cron and timezone)");
        return read;
    }
    if (read.zone_is_default) zone = find_default(field, default_zone, zones);
    if (expression && zone)
        read.schedule =
            schedule::Timeline({schedule::Entry{.rule = std::move(*expression), .zone = std::move(zone)}});
    return read;
}

}  // namespace runbookd::config
