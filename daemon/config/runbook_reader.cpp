#include "config/runbook_reader.hpp"

#include <algorithm>
#include <utility>

#include "config/account_view.hpp"
#include "config/blackout_reader.hpp"
#include "config/guard_reader.hpp"
#include "config/inheritance.hpp"
#include "config/lanes_reader.hpp"
#include "config/notify_reader.hpp"
#include "config/quantities.hpp"
#include "config/resolved.hpp"
#include "config/retry_reader.hpp"
#include "config/rollout_reader.hpp"
#include "config/schedule_reader.hpp"
#include "config/selectors.hpp"
#include "config/start_rules_reader.hpp"
#include "config/steps_reader.hpp"
#include "config/success_reader.hpp"
#include "config/triggers_reader.hpp"
#include "config/variables.hpp"
#include "config/zone_reader.hpp"
#include "runbook/lane_view.hpp"
#include "zones/zone_source.hpp"

namespace runbookd::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Range<Millis> kWindowRange{seconds{1}, hours{31 * 24}};
constexpr Range<Millis> kTimeoutRange{seconds{1}, hours{30 * 24}};
constexpr Range<std::int64_t> kStartsPerHour{1, 1'000'000};
/// The name is part of every job's name in Datto, whose limit is not documented.
constexpr std::size_t kLongestName = 64;
/// Runs of single quick jobs are recorded under it.
constexpr std::string_view kReservedName = "quickjob";

const Vocabulary& runbook_keys() {
    static const Vocabulary keys{{"name",       "description",  "enabled",   "account",
                                  "use",        "tags",         "priority",  "schedule",
                                  "triggers",   "max_per_hour", "window",    "finish_by",
                                  "not_during", "offline",      "overlap",   "one_job_per_device",
                                  "guard",      "approval",     "targets",   "once",
                                  "ramp",       "component",    "variables", "steps",
                                  "timeout",    "success",      "collect",   "retry",
                                  "on_unknown", "tolerate",     "rollout",   "notify"},
                                 {}};
    return keys;
}

/// Reads one runbook; what is reported leaves its default in place.
class RunbookReader {
public:
    /// `part`: what stands in the settings; absent: a whole runbook.
    RunbookReader(const MapReader& map, const Settings& settings, zones::ZoneSource& zones,
                  std::optional<PartOf> part)
        : map_(map), settings_(settings), zones_(zones), part_(part) {}

    runbook::Runbook read(const std::string& default_name, const NodePtr& inherited) {
        if (!part_) read_name(default_name);
        if (const auto field = map_.get("description")) read_description(*field);
        if (const auto field = map_.get("enabled")) runbook_.enabled = read_bool(*field).value_or(true);
        read_account();
        read_offline();
        read_span("timeout", runbook_.timeout, kTimeoutRange);
        read_span("window", runbook_.window, kWindowRange);
        read_when();
        read_overlap();
        read_what();
        read_finish_by();  // which is about the timeouts of its steps
        read_labels();
        read_starts();
        keep_zone_of_days();
        read_results();
        resolved_.add_zones(runbook_.zones);
        resolved_.add_inherited(inherited);
        runbook_.resolved = resolved_.json();
        return std::move(runbook_);
    }

private:
    void read_name(const std::string& default_name) {
        const auto field = map_.get("name");
        const auto name = field ? read_text(*field) : std::optional(default_name);
        if (!name) return;
        runbook_.name = *name;
        const std::string origin = field ? "" : "the file's name stands for the runbook's, and ";
        const auto refuse = [&](const std::string& message, const std::string& expected) {
            const auto& at = field ? *field : map_.field();
            at.report->error(at.node->mark, "name",
                             {.code = "bad_value", .message = message, .expected = expected});
        };
        if (!is_plain_name(*name)) {
            refuse(origin + shown(*name) + " cannot be a runbook's name",
                   "small letters, digits and -, such as clear-temp-files");
        } else if (name->size() > kLongestName) {
            refuse(origin + "it is too long", "at most " + std::to_string(kLongestName) + " letters");
        } else if (*name == kReservedName) {
            refuse(origin + "'quickjob' is reserved for single jobs", "another name");
        }
    }

    void read_description(const Field& field) {
        if (!field.is_scalar()) return field.wrong_type("a text");
        runbook_.description = field.node->text;
    }

    void read_account() {
        const auto names = names_of_accounts(settings_);
        const std::string expected = names.size() > 1 ? "one of " + join(names) : join(names);
        const auto field = map_.get("account");
        if (!field) {
            if (!part_ && names.size() > 1)
                return map_.missing("account", expected + ", for there are several accounts");
            runbook_.account = settings_.account.name;
            resolved_.add("account", runbook_.account);
            return;
        }
        const auto name = read_text(*field);
        if (!name) return;
        runbook_.account = *name;
        if (names.empty() || std::find(names.begin(), names.end(), *name) != names.end()) return;
        field->error({.code = "bad_value",
                      .message = "there is no account " + shown(*name) + " in the configuration",
                      .expected = expected,
                      .suggestion = nearest_of(*name, names)});
    }

    void read_offline() {
        const auto field = map_.get("offline");
        if (!field) return resolved_.add("offline", "wait");
        const auto place = read_word(*field, {{"wait"}, {"skip"}, {"dispatch"}});
        if (place) runbook_.offline = static_cast<runbook::OfflinePolicy>(*place);
    }

    void read_span(const std::string& key, Millis& span, Range<Millis> range) {
        const auto field = map_.get(key);
        if (!field) return resolved_.add(key, format_duration(span));
        span = read_duration(*field, range).value_or(span);
    }

    void read_when() {
        const auto& account_zone = settings_.account.timezone;
        const auto field = map_.get("schedule");
        auto read = field ? read_schedule(*field, {runbook_.name, account_zone, zones_}) : ReadSchedule{};
        for (const auto& key : read.left_out) resolved_.add(key, default_of(key));
        if (const auto blackouts = map_.get("not_during")) {
            const auto zone_of = [&] {
                // Without one, the schedule's own zone has been reported already.
                return field ? read.zone : find_account_zone(*blackouts, account_zone, zones_);
            };
            runbook_.not_during = read_blackouts(*blackouts, runbook_.name, zone_of);
        }
        zone_ = read.zone;
        runbook_.schedule = std::move(read.schedule);
        if (read.shared) read_lanes(*read.shared);
        if (runbook_.is_scheduled()) take_account_blackouts();
        keep_all_rules();
    }

    void read_lanes(const SharedSchedule& shared) {
        const auto written = map_.has("window") ? std::optional(runbook_.window) : std::nullopt;
        auto lanes = make_lanes(shared, {settings_, zones_, written, runbook_.not_during});
        resolved_.add("timezone", settings_.account.timezone);
        resolved_.add_lanes(lanes.by, used_customers(shared, lanes, settings_));
        runbook_.lanes = std::move(lanes);
    }

    void take_account_blackouts() {
        const auto& blackouts = settings_.account.not_during;
        if (blackouts.empty()) return;
        runbook_.account_not_during = std::make_shared<const schedule::Blackouts>(blackouts);
        resolved_.add_account_blackouts(blackouts);
    }

    void keep_all_rules() {
        for (const auto& lane : runbook::lanes_of(runbook_))
            for (const auto& entry : lane.timeline().entries()) keep_rules(*entry.zone);
        for (const auto& item : runbook_.not_during.items()) keep_rules(*item.zone);
        if (runbook_.account_not_during)
            for (const auto& item : runbook_.account_not_during->items()) keep_rules(*item.zone);
    }

    /// Of the keys of a schedule's entry.
    [[nodiscard]] std::string default_of(const std::string& key) const {
        if (key == "timezone") return settings_.account.timezone;
        if (key == "catch_up") return "latest";
        if (key == "days") return "or";
        return key == "offset" ? "0d" : "0s";
    }

    void keep_rules(const cron::Zone& zone) {
        auto& kept = runbook_.zones;
        const auto is_kept = [&](const auto& rules) { return rules->name == zone.name(); };
        if (std::any_of(kept.begin(), kept.end(), is_kept)) return;
        if (auto rules = zones_.rules(zone.name())) kept.push_back(std::move(rules));
    }

    void read_finish_by() {
        const auto field = map_.get("finish_by");
        if (!field) return resolved_.add("finish_by", "none");
        if (read_word(*field, {{"none"}, {"window"}}) != std::size_t{1}) return;
        runbook_.finish_by = runbook::FinishBy::window;
        if (part_) return;
        for (const auto& lane : runbook::lanes_of(runbook_))
            for (const auto& entry : lane.timeline().entries())
                if (entry.window > Millis{0} && runbook_.longest_timeout() >= entry.window)
                    return refuse_finish_by(*field, "the window of customer " + lane.customer() + " (" +
                                                        format_duration(Millis{entry.window}) + ")");
        const bool needs_window = !runbook_.lanes || map_.has("window");
        if (!needs_window || runbook_.longest_timeout() < runbook_.window) return;
        refuse_finish_by(*field, "'window' (" + format_duration(runbook_.window) + ")");
    }

    void refuse_finish_by(const Field& field, const std::string& window) {
        field.error({.code = "bad_value",
                     .message = "nothing could ever be created: the last create is 'timeout' (" +
                                format_duration(runbook_.longest_timeout()) + ") before the end of " + window,
                     .expected = "a timeout shorter than the window, or finish_by: none"});
    }

    void read_overlap() {
        const auto field = map_.get("overlap");
        if (!field) return resolved_.add("overlap", "skip");
        const auto place =
            read_word(*field, {{"skip"}, {"queue"}, {"allow"}, {"skip_run"}, {"stop_previous"}});
        if (place) runbook_.overlap = static_cast<runbook::OverlapPolicy>(*place);
    }

    void read_what() {
        if (const auto field = map_.get("targets")) {
            const auto customers = names_of_customers();
            // Without settings, and of a record, nobody can know.
            runbook_.targets = read_targets(*field, settings_.account.name.empty() ? nullptr : &customers);
        } else {
            map_.missing("targets", "targets: {include: [{site: Acme HQ}]}");
        }
        const auto steps = map_.get("steps");
        if (const auto field = map_.get("component")) {
            runbook_.component = read_text(*field).value_or("");
        } else if (!steps) {
            map_.missing("component", "the name or uid of a component");
        }
        if (steps) read_the_steps(*steps);
        if (const auto field = map_.get("variables")) read_the_variables(*field);
    }

    [[nodiscard]] std::vector<std::string> names_of_customers() const {
        std::vector<std::string> names;
        for (const auto& [name, customer] : settings_.customers) names.push_back(name);
        return names;
    }

    void read_the_variables(const Field& field) {
        runbook_.variables = read_variables(field, {runbook_.name, settings_});
        note_dates(field, runbook_.variables);
    }

    void read_the_ramp(const Field& field) {
        runbook_.ramp = read_ramp(field);
        if (runbook_.ramp) days_in_ = field;
    }

    void read_the_steps(const Field& field) {
        runbook_.steps = read_steps(field, [&](const Field& variables) {
            auto read = read_variables(variables, {runbook_.name, settings_});
            note_dates(variables, read);
            return read;
        });
        if (map_.has("component"))
            field.error({.code = "bad_value",
                         .message = "'component' and 'steps' exclude each other",
                         .expected = "one of them; a single component is short for a single step"});
    }

    void note_dates(const Field& field, const std::map<std::string, templates::Template>& variables) {
        if (std::any_of(variables.begin(), variables.end(),
                        [](const auto& variable) { return variable.second.uses_date(); }))
            days_in_ = field;
    }

    /// In which variables show dates, or a ramp counts days.
    void keep_zone_of_days() {
        if (!days_in_) return;
        if (!map_.has("schedule")) {
            const auto& name = settings_.account.timezone;
            resolved_.add("timezone", name);
            zone_ = find_account_zone(*days_in_, name, zones_);
        }
        runbook_.zone = zone_;
    }

    /// Labels, and which profiles: those have been taken already.
    void read_labels() {
        if (const auto field = map_.get("tags")) {
            const auto items = read_list(*field, "[maintenance]");
            for (const auto& item : items) (void)read_text(item);
            report_repeats(items);
        }
        if (const auto field = map_.get("use")) {
            const auto items = read_list(*field, "[servers]");
            for (const auto& item : items) (void)read_text(item);
            report_repeats(items);
        }
        if (const auto field = map_.get("notify")) runbook_.notify = read_notify(*field, settings_);
    }

    /// What decides about a start.
    void read_starts() {
        read_priority();
        read_the_triggers();
        read_one_job_per_device();
        if (const auto field = map_.get("guard")) runbook_.guard = read_guard(*field);
        if (const auto field = map_.get("approval"))
            if (const auto approval = read_approval(*field)) runbook_.approval = *approval;
        if (const auto field = map_.get("once")) runbook_.once = read_once(*field);
        if (const auto field = map_.get("ramp")) read_the_ramp(*field);
        read_the_rollout();
    }

    void read_one_job_per_device() {
        runbook_.one_job_per_device = true;
        if (const auto field = map_.get("one_job_per_device"))
            runbook_.one_job_per_device = read_bool(*field).value_or(true);
        else
            resolved_.add("one_job_per_device", "true");
    }

    void read_the_rollout() {
        constexpr std::int64_t kInFlight = 100;
        runbook_.max_in_flight = kInFlight;
        const auto field = map_.get("rollout");
        if (!field || !field->is_map() || field->node->find("max_in_flight") == nullptr)
            resolved_.add("max_in_flight", std::to_string(kInFlight));
        if (!field) return;
        const auto customers = names_of_customers();
        read_rollout(*field, settings_.account.name.empty() ? nullptr : &customers, runbook_);
    }

    void read_the_triggers() {
        runbook::Triggers triggers;
        if (const auto field = map_.get("triggers")) triggers.list = read_triggers(*field, runbook_.name);
        if (const auto field = map_.get("max_per_hour"))
            triggers.max_per_hour = read_integer(*field, kStartsPerHour).value_or(triggers.max_per_hour);
        if (!triggers.list.empty()) runbook_.triggers = std::move(triggers);
    }

    void read_on_unknown() {
        const auto field = map_.get("on_unknown");
        if (!field) return resolved_.add("on_unknown", "hold");
        const auto place = read_word(*field, {{"hold"}, {"redispatch"}});
        if (place) runbook_.on_unknown = static_cast<runbook::OnUnknown>(*place);
    }

    void read_priority() {
        const auto field = map_.get("priority");
        if (!field) return resolved_.add("priority", "normal");
        const auto place = read_word(*field, {{"high"}, {"normal"}, {"low"}});
        if (place) runbook_.priority = static_cast<runbook::Priority>(*place);
    }

    /// What becomes of a job's and of a run's result.
    void read_results() {
        if (const auto field = map_.get("success")) runbook_.success = read_success(*field);
        if (const auto field = map_.get("collect"))
            runbook_.collects_rows = read_word(*field, {{"none"}, {"rows"}}) == std::size_t{1};
        if (const auto field = map_.get("retry")) runbook_.retry = read_retry(*field);
        read_on_unknown();
        if (const auto field = map_.get("tolerate")) runbook_.tolerate = read_tolerate(*field);
    }

    const MapReader& map_;
    const Settings& settings_;
    zones::ZoneSource& zones_;
    std::optional<PartOf> part_;
    runbook::Runbook runbook_;
    std::shared_ptr<const cron::Zone> zone_;  // of the schedule
    std::optional<Field> days_in_;            // what shows dates or counts days
    Resolved resolved_;
};

}  // namespace

runbook::Runbook read_runbook(const Field& tree, const std::string& default_name, const NodePtr& inherited,
                              const Settings& settings, zones::ZoneSource& zones) {
    const auto map = MapReader::open(tree, runbook_keys());
    if (!map) return {};
    return RunbookReader(*map, settings, zones, std::nullopt).read(default_name, inherited);
}

void read_part(const Field& tree, PartOf part, const Settings& settings, zones::ZoneSource& zones) {
    if (const auto map = MapReader::open(tree, runbook_keys()))
        (void)RunbookReader(*map, settings, zones, part).read("", nullptr);
}

}  // namespace runbookd::config
