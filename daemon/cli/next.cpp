#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/spelling.hpp"
#include "cli/lists.hpp"
#include "cli/offline.hpp"
#include "cli/table.hpp"
#include "config/runbooks.hpp"
#include "config/settings.hpp"
#include "cron/expression.hpp"
#include "runbook/lane_view.hpp"
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
    std::string customer{};  ///< empty: not of one
};

struct Answer {
    std::vector<Occurrence> occurrences;
    std::vector<std::string> headings;  ///< each schedule in words
};

/// So many customers or zones are named in one line.
constexpr std::size_t kNamed = 3;

/// "0 2 * * SUN (Europe/Berlin): at 02:00 on Sundays"
void add_headings(std::vector<std::string>& headings, const std::string& runbook,
                  const schedule::Timeline& timeline) {
    for (const auto& entry : timeline.entries())
        headings.push_back((runbook.empty() ? "" : runbook + ": ") + entry.text() + " (" +
                           entry.zone->name() + "): " + entry.in_words());
}

/// One line for all lanes with the same times: "patch: 0 2 * * SUN (acme, birch, cedar and 117 more): …".
void add_headings(std::vector<std::string>& headings, const std::string& runbook,
                  const std::vector<runbook::LaneView>& lanes) {
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> names;  // by text and words
    for (const auto& lane : lanes)
        for (const auto& entry : lane.timeline().entries())
            names[{entry.text(), entry.in_words()}].push_back(lane.customer().empty() ? lane.zone()
                                                                                      : lane.customer());
    for (const auto& [times, whose] : names) {
        std::string text;
        for (std::size_t i = 0; i < std::min(kNamed, whose.size()); ++i)
            text += (text.empty() ? "" : ", ") + whose[i];
        if (whose.size() > kNamed) text += " and " + std::to_string(whose.size() - kNamed) + " more";
        headings.push_back(runbook + ": " + times.first + " (" + text + "): " + times.second);
    }
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

struct Loaded {
    std::vector<runbook::Runbook> runbooks;
    std::vector<std::string> customers;  ///< the names of all
};

Result<Loaded> load(Surroundings& around, const Command& command) {
    const auto file = command.config.empty() ? std::string(kDefaultConfig) : command.config;
    zones::Zones zones;
    const auto loaded = config::load_settings_without_secrets(file, zones);
    warn(around, loaded.diagnostics);
    if (!loaded.settings)
        return fail(ErrorCode::invalid_input,
                    "the configuration " + file + " cannot be used (--config names another)");
    auto runbooks = config::load_runbooks(loaded.settings->runbooks_dir, *loaded.settings, zones);
    warn(around, runbooks.diagnostics);
    Loaded all{std::move(runbooks.runbooks), {}};
    for (const auto& [name, customer] : loaded.settings->customers) all.customers.push_back(name);
    return all;
}

Result<void> check_customers(const Loaded& loaded, const Command& command) {
    const auto& known = loaded.customers;
    for (const auto& name : command.customers) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        auto message = "customer '" + name + "' does not exist";
        if (const auto close = nearest(name, known, 1); !close.empty())
            message += "; did you mean '" + close.front() + "'?";
        return fail(ErrorCode::not_found, std::move(message));
    }
    return {};
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
    if (!runbooks.front().is_scheduled())
        return fail(ErrorCode::invalid_input, "runbook '" + name + "' has no schedule; it runs by hand only");
    return {};
}

/// The lanes that were asked for: all, or those of some customers.
std::vector<runbook::LaneView> wanted_lanes(const runbook::Runbook& runbook, const Command& command) {
    auto lanes = runbook::lanes_of(runbook);
    const auto& wanted = command.customers;
    if (!wanted.empty())
        std::erase_if(lanes, [&](const runbook::LaneView& lane) {
            return std::find(wanted.begin(), wanted.end(), lane.customer()) == wanted.end();
        });
    return lanes;
}

/// Adds what is only needed of the occurrences that are shown.
void complete(Occurrence& occurrence, const runbook::LaneView& lane) {
    const auto nominal = lane.timeline().next_after(occurrence.at - Millis{1});
    if (!nominal) return;
    occurrence.window_end = lane.window_end(*nominal);
    // A blackout that leaves no instant for a create.
    occurrence.suppressed_by = lane.blacked_out(*nominal);
    if (occurrence.suppressed_by && occurrence.suppressed_by->empty()) occurrence.suppressed_by = "blackout";
}

void complete(Answer& answer, const runbook::Runbook& runbook, const Command& command) {
    bool is_shown = runbook.name == command.name;
    const auto lanes = wanted_lanes(runbook, command);
    for (auto& occurrence : answer.occurrences) {
        if (occurrence.runbook != runbook.name) continue;
        is_shown = true;
        for (const auto& lane : lanes)
            if (lane.lane() == nullptr ||
                (lane.customer() == occurrence.customer && lane.zone() == occurrence.zone->name()))
                complete(occurrence, lane);
    }
    if (!is_shown) return;
    if (runbook.schedule)
        add_headings(answer.headings, runbook.name, *runbook.schedule);
    else
        add_headings(answer.headings, runbook.name, lanes);
}

void keep_first(std::vector<Occurrence>& occurrences, std::int64_t count) {
    std::sort(occurrences.begin(), occurrences.end(), [](const auto& a, const auto& b) {
        return std::tie(a.at, a.runbook, a.customer, a.zone->name()) <
               std::tie(b.at, b.runbook, b.customer, b.zone->name());
    });
    if (static_cast<std::int64_t>(occurrences.size()) > count)
        occurrences.resize(static_cast<std::size_t>(count));
}

Result<Answer> of_runbooks(Surroundings& around, const Command& command, UtcTime after) {
    auto loaded = load(around, command);
    if (!loaded) return tl::unexpected(loaded.error());
    if (auto known = check_customers(*loaded, command); !known) return tl::unexpected(known.error());
    auto& runbooks = loaded->runbooks;
    if (!command.name.empty()) {
        const auto kept = keep_named(runbooks, command.name);
        if (!kept) return tl::unexpected(kept.error());
    }
    Answer answer;
    for (const auto& runbook : runbooks) {
        // One that is asked for by name is answered even while disabled: that is how one checks before
        // enabling it.
        if (!runbook.enabled && command.name.empty()) continue;
        for (const auto& lane : wanted_lanes(runbook, command))
            for (auto& occurrence : coming(lane.timeline(), after, command.count)) {
                occurrence.runbook = runbook.name;
                occurrence.customer = lane.customer();
                answer.occurrences.push_back(std::move(occurrence));
            }
    }
    keep_first(answer.occurrences, command.count);
    for (const auto& runbook : runbooks) complete(answer, runbook, command);
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
        object["customer"] = occurrence.customer.empty() ? Json(nullptr) : Json(occurrence.customer);
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
