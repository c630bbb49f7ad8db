#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/spelling.hpp"
#include "cli/lists.hpp"
#include "cli/offline.hpp"
#include "cli/table.hpp"
#include "config/runbooks.hpp"
#include "config/settings.hpp"
#include "cron/expression.hpp"
#include "zones/zones.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Occurrence {
    UtcTime at{};
    std::string runbook;  ///< empty: of a bare expression
    std::shared_ptr<const cron::Zone> zone;
    std::optional<UtcTime> window_end;
    std::optional<std::string> suppressed_by;
};

struct Answer {
    std::vector<Occurrence> occurrences;
    std::vector<std::string> headings;  ///< each schedule in words
};

/// "0 2 * * SUN (Europe/Berlin): at 02:00 on Sundays"
void add_headings(std::vector<std::string>& headings, const std::string& runbook,
                  const schedule::Timeline& timeline) {
    for (const auto& entry : timeline.entries())
        headings.push_back((runbook.empty() ? "" : runbook + ": ") + entry.text() + " (" +
                           entry.zone->name() + "): " + entry.in_words());
}

/// The first `count` instants after `after`; fewer where the expression fires no more.
std::vector<Occurrence> coming(const schedule::Timeline& timeline, UtcTime after, std::int64_t count) {
    std::vector<Occurrence> found;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto next = timeline.next_after(after);
        if (!next) break;
        found.push_back(Occurrence{next->at, {}, next->entry->zone, {}, {}});
        after = next->at;
    }
    return found;
}

Result<Answer> of_expression(const Command& command, UtcTime after) {
    zones::Zones zones;
    auto zone = zones.find(command.zone.empty() ? "UTC" : command.zone);
    if (!zone) return tl::unexpected(zone.error());
    const auto cron = cron::Expression::parse(command.cron);
    if (!cron) {
        const auto& error = cron.error();
        auto message =
            "--cron '" + command.cron + "', column " + std::to_string(error.column) + ": " + error.message;
        if (!error.expected.empty()) message += " (expected " + error.expected + ")";
        return fail(ErrorCode::invalid_input, std::move(message));
    }
    const schedule::Timeline timeline({schedule::Entry{.rule = *cron, .zone = *zone}});
    Answer answer{coming(timeline, after, command.count), {}};
    add_headings(answer.headings, "", timeline);
    return answer;
}

/// Errors go to stderr: a bad file must not hide what the others will do. (Warnings are for validate.)
void warn(Surroundings& around, const std::vector<config::Diagnostic>& diagnostics) {
    for (const auto& diagnostic : diagnostics)
        if (diagnostic.severity == config::Severity::error)
            around.err << "runbookctl: " << config::to_line(diagnostic) << '\n';
}

Result<std::vector<runbook::Runbook>> load(Surroundings& around, const Command& command) {
    const auto file = command.config.empty() ? std::string(kDefaultConfig) : command.config;
    const auto loaded = config::load_settings_without_secrets(file);
    warn(around, loaded.diagnostics);
    if (!loaded.settings)
        return fail(ErrorCode::invalid_input,
                    "the configuration " + file + " cannot be used (--config names another)");
    zones::Zones zones;
    auto runbooks = config::load_runbooks(loaded.settings->runbooks_dir, *loaded.settings, zones);
    warn(around, runbooks.diagnostics);
    return std::move(runbooks.runbooks);
}

Result<void> keep_named(std::vector<runbook::Runbook>& runbooks, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& runbook : runbooks) names.push_back(runbook.name);
    std::erase_if(runbooks, [&](const auto& runbook) { return runbook.name != name; });
    if (runbooks.empty()) {
        auto message = "there is no valid runbook '" + name + "'";
        if (const auto close = nearest(name, names, 1); !close.empty())
            message += "; did you mean '" + close.front() + "'?";
        return fail(ErrorCode::not_found, std::move(message));
    }
    if (!runbooks.front().schedule)
        return fail(ErrorCode::invalid_input, "runbook '" + name + "' has no schedule; it runs by hand only");
    return {};
}

/// What keeps the occurrence from running: a blackout that leaves no instant for a create.
std::optional<std::string> suppression_of(const runbook::Runbook& runbook, UtcTime nominal) {
    auto reason = runbook.not_during.covers(nominal, nominal + runbook.create_span());
    if (reason && reason->empty()) reason = "blackout";
    return reason;
}

/// Adds what is only needed of the occurrences that are shown.
void complete(Answer& answer, const runbook::Runbook& runbook, const Command& command) {
    bool is_shown = runbook.name == command.name;
    for (auto& occurrence : answer.occurrences) {
        if (occurrence.runbook != runbook.name) continue;
        is_shown = true;
        occurrence.window_end = occurrence.at + runbook.window;
        occurrence.suppressed_by = suppression_of(runbook, occurrence.at);
    }
    if (is_shown) add_headings(answer.headings, runbook.name, *runbook.schedule);
}

Result<Answer> of_runbooks(Surroundings& around, const Command& command, UtcTime after) {
    auto runbooks = load(around, command);
    if (!runbooks) return tl::unexpected(runbooks.error());
    if (!command.name.empty()) {
        const auto kept = keep_named(*runbooks, command.name);
        if (!kept) return tl::unexpected(kept.error());
    }
    Answer answer;
    auto& all = answer.occurrences;
    for (const auto& runbook : *runbooks) {
        // One that is asked for by name is answered even while disabled: that is how one checks before
        // enabling it.
        if (!runbook.schedule || (!runbook.enabled && command.name.empty())) continue;
        for (auto& occurrence : coming(*runbook.schedule, after, command.count)) {
            occurrence.runbook = runbook.name;
            all.push_back(std::move(occurrence));
        }
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::tie(a.at, a.runbook) < std::tie(b.at, b.runbook);
    });
    if (static_cast<std::int64_t>(all.size()) > command.count)
        all.resize(static_cast<std::size_t>(command.count));
    for (const auto& runbook : *runbooks) complete(answer, runbook, command);
    return answer;
}

Json view(const std::vector<Occurrence>& occurrences) {
    auto list = Json::array();
    for (const auto& occurrence : occurrences) {
        Json object;
        object["at"] = format_utc(occurrence.at);
        object["local"] = format_local(occurrence.at, occurrence.zone->at(occurrence.at).offset);
        object["runbook"] = occurrence.runbook.empty() ? Json(nullptr) : Json(occurrence.runbook);
        object["zone"] = occurrence.zone->name();
        object["window_end"] =
            occurrence.window_end ? Json(format_utc(*occurrence.window_end)) : Json(nullptr);
        object["suppressed_by"] = occurrence.suppressed_by ? Json(*occurrence.suppressed_by) : Json(nullptr);
        list.push_back(std::move(object));
    }
    return list;
}

void print(Surroundings& around, const Answer& answer, const Json& rows) {
    for (const auto& heading : answer.headings) around.out << harmless(heading) << '\n';
    if (!rows.empty())
        around.out << '\n' << render(table_of(Verb::next, rows), Look{around.width, around.has_colour});
    else if (answer.headings.empty())
        around.err << "nothing is coming: no runbook has a schedule that fires\n";
    else
        around.err << "nothing is coming: no schedule fires any more\n";
}

}  // namespace

int run_next(Surroundings& around, const Command& command) {
    auto after = around.clock.now().utc;
    if (!command.from.empty()) {
        const auto from = parse_utc(command.from);
        if (!from) return report(around, {ErrorCode::invalid_input, "--from: " + from.error().message});
        after = *from;
    }
    const auto found =
        command.cron.empty() ? of_runbooks(around, command, after) : of_expression(command, after);
    if (!found) return report(around, found.error());
    const auto rows = view(found->occurrences);
    if (command.format == Format::json)
        around.out << rows.dump(2) << '\n';
    else if (command.format == Format::csv)
        around.out << csv_of(Verb::next, rows);
    else
        print(around, *found, rows);
    return kDone;
}

}  // namespace runbookd::cli
