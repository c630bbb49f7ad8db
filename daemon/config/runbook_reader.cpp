#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "config/blackout_reader.hpp"
#include "config/document.hpp"
#include "config/fields.hpp"
#include "config/runbooks.hpp"
#include "config/schedule_reader.hpp"
#include "config/selectors.hpp"
#include "config/text_file.hpp"
#include "config/variables.hpp"
#include "config/zone_reader.hpp"
#include "zones/recorded_zones.hpp"

namespace runbookd::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Range<Millis> kWindowRange{seconds{1}, hours{31 * 24}};
constexpr Range<Millis> kTimeoutRange{seconds{1}, hours{30 * 24}};
/// The name is part of every job's name in Datto, whose limit is not documented.
constexpr std::size_t kLongestName = 64;
/// Runs of single quick jobs are recorded under it.
constexpr std::string_view kReservedName = "quickjob";

const Vocabulary& runbook_keys() {
    static const Vocabulary keys{
        {"name", "description", "enabled", "account", "schedule", "window", "finish_by", "not_during",
         "overlap", "targets", "component", "variables", "timeout", "offline"},
        {"use", "tags", "priority", "triggers", "max_per_hour", "one_job_per_device", "guard", "approval",
         "once", "ramp", "steps", "success", "collect", "retry", "on_unknown", "tolerate", "rollout",
         "notify"}};
    return keys;
}

/// What the text left to defaults, and which rules its zones had, as a JSON object with its keys in order, so
/// that equal defaults are equal texts. Names, zones and spans hold nothing that JSON would escape.
class Resolved {
public:
    void add(const std::string& key, std::string_view value) { members_[key] = quoted(value); }
    void add_zones(const std::vector<std::shared_ptr<const runbook::ZoneRules>>& zones) {
        if (zones.empty()) return;
        std::map<std::string, std::string> digests;
        for (const auto& zone : zones) digests[zone->name] = quoted(zone->digest);
        members_["zones"] = object(digests);
    }
    [[nodiscard]] std::string json() const { return object(members_); }

private:
    static std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
    static std::string object(const std::map<std::string, std::string>& members) {
        std::string text;
        for (const auto& [key, value] : members)
            text += (text.empty() ? "" : ",") + quoted(key) + ":" + value;
        return "{" + text + "}";
    }
    std::map<std::string, std::string> members_;
};

/// Reads one runbook; what is reported leaves its default in place.
class RunbookReader {
public:
    RunbookReader(const MapReader& map, const Settings& settings, zones::ZoneSource& zones)
        : map_(map), settings_(settings), zones_(zones) {}

    runbook::Runbook read(const std::string& default_name) {
        read_name(default_name);
        if (const auto field = map_.get("description")) read_description(*field);
        if (const auto field = map_.get("enabled")) runbook_.enabled = read_bool(*field).value_or(true);
        read_account();
        read_offline();
        read_span("timeout", runbook_.timeout, kTimeoutRange);
        read_span("window", runbook_.window, kWindowRange);
        read_when();
        read_finish_by();
        read_overlap();
        read_what();
        resolved_.add_zones(runbook_.zones);
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
        const auto& configured = settings_.account.name;
        const auto field = map_.get("account");
        if (!field) {
            runbook_.account = configured;
            resolved_.add("account", configured);
            return;
        }
        const auto name = read_text(*field);
        if (!name) return;
        runbook_.account = *name;
        if (configured.empty() || *name == configured) return;
        field->error({.code = "bad_value",
                      .message = "there is no account " + shown(*name) + " in the configuration",
                      .expected = configured,
                      .suggestion = nearest_of(*name, {configured})});
    }

    void read_offline() {
        const auto field = map_.get("offline");
        if (!field) return resolved_.add("offline", "skip");
        const auto place = read_word(*field, {{"skip", true}, {"dispatch", true}, {"wait", false}});
        if (place == std::size_t{1}) runbook_.offline = runbook::OfflinePolicy::dispatch;
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
        if (read.schedule)
            for (const auto& entry : read.schedule->entries()) keep_rules(*entry.zone);
        for (const auto& item : runbook_.not_during.items()) keep_rules(*item.zone);
        runbook_.schedule = std::move(read.schedule);
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
        if (runbook_.timeout < runbook_.window) return;
        field->error({.code = "bad_value",
                      .message = "nothing could ever be created: the last create is 'timeout' (" +
                                 format_duration(runbook_.timeout) + ") before the end of 'window' (" +
                                 format_duration(runbook_.window) + ")",
                      .expected = "a timeout shorter than the window, or finish_by: none"});
    }

    void read_overlap() {
        const auto field = map_.get("overlap");
        if (!field) return resolved_.add("overlap", "skip");
        const auto place = read_word(
            *field,
            {{"skip"}, {"queue"}, {"allow"}, {"skip_run"}, {.text = "stop_previous", .supported = false}});
        if (place) runbook_.overlap = static_cast<runbook::OverlapPolicy>(*place);
    }

    void read_what() {
        if (const auto field = map_.get("targets")) {
            runbook_.targets = read_targets(*field);
        } else {
            map_.missing("targets", "targets: {include: [{site: Acme HQ}]}");
        }
        if (const auto field = map_.get("component")) {
            runbook_.component = read_text(*field).value_or("");
        } else if (!map_.has("steps")) {
            map_.missing("component", "the name or uid of a component");
        }
        if (const auto field = map_.get("variables")) read_the_variables(*field);
    }

    void read_the_variables(const Field& field) {
        runbook_.variables = read_variables(field, {runbook_.name, settings_});
        const auto& variables = runbook_.variables;
        if (std::none_of(variables.begin(), variables.end(),
                         [](const auto& variable) { return variable.second.uses_date(); }))
            return;
        if (!map_.has("schedule")) {
            const auto& name = settings_.account.timezone;
            resolved_.add("timezone", name);
            zone_ = find_account_zone(field, name, zones_);
        }
        runbook_.zone = zone_;
    }

    const MapReader& map_;
    const Settings& settings_;
    zones::ZoneSource& zones_;
    runbook::Runbook runbook_;
    std::shared_ptr<const cron::Zone> zone_;  // of the schedule
    Resolved resolved_;
};

/// The name that the text claims, read before anything is judged.
std::string claimed_name(const Node& root, const std::string& default_name) {
    for (const auto& entry : root.entries) {
        const bool named =
            entry.key == "name" && entry.value->kind == Node::Kind::scalar && !entry.value->text.empty();
        if (named) return entry.value->text;
    }
    return default_name;
}

/// The same from a text that is no YAML: a line of its own that begins with "name:".
std::string guessed_name(std::string_view text, const std::string& default_name) {
    constexpr std::string_view kKey = "name:";
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (!line.starts_with(kKey)) continue;
        line.remove_prefix(kKey.size());
        line.remove_prefix(std::min(line.find_first_not_of(" \t\"'"), line.size()));
        line = line.substr(0, line.find_first_of(" \t\r\"'#"));
        if (is_plain_name(line)) return std::string(line);
    }
    return default_name;
}

/// What Resolved wrote, as far as it bears on the meaning of the text.
struct ResolvedThen {
    std::string timezone;                        ///< of schedules that name none; empty: none did
    std::map<std::string, std::string> digests;  ///< by zone

    static ResolvedThen read(const std::string& text) {
        ResolvedThen resolved;
        const auto json = nlohmann::json::parse(text, nullptr, false);
        if (!json.is_object()) return resolved;
        if (const auto zone = json.find("timezone"); zone != json.end() && zone->is_string())
            resolved.timezone = zone->get<std::string>();
        const auto zones = json.find("zones");
        if (zones == json.end() || !zones->is_object()) return resolved;
        for (const auto& [name, digest] : zones->items())
            if (digest.is_string()) resolved.digests[name] = digest.get<std::string>();
        return resolved;
    }
};

/// Two names of one zone have the same bytes, and a record keeps those once.
std::shared_ptr<const runbook::ZoneRules> under_name(const std::string& name,
                                                     std::shared_ptr<const runbook::ZoneRules> rules) {
    if (rules->name == name) return rules;
    auto renamed = *rules;
    renamed.name = name;
    return std::make_shared<const runbook::ZoneRules>(std::move(renamed));
}

}  // namespace

ParsedRunbook parse_runbook(std::string_view text, const std::string& file, const Settings& settings,
                            zones::ZoneSource& zones) {
    const auto stem = std::filesystem::path(file).stem().string();
    ParsedRunbook parsed;
    Report report(file);
    auto document = parse_document(text, file);
    report.add(std::move(document.diagnostics));
    parsed.name_is_guess = !document.root;
    parsed.name = document.root ? claimed_name(*document.root, stem) : guessed_name(text, stem);
    if (document.root) {
        const auto map = MapReader::open(Field{document.root.get(), "", &report}, runbook_keys());
        if (map) parsed.runbook = RunbookReader(*map, settings, zones).read(stem);
    }
    if (report.has_errors()) parsed.runbook.reset();
    if (parsed.runbook) {
        parsed.runbook->file = file;
        parsed.runbook->yaml = text;
    }
    parsed.diagnostics = report.take();
    return parsed;
}

ParsedRunbook parse_revision(const StoredRevision& revision, const Settings& settings,
                             zones::ZoneSource& zones, const RecordedRules& recorded) {
    const auto resolved = ResolvedThen::read(revision.resolved);
    auto then = settings;
    then.account.name.clear();  // which account and secrets it may use was asked when it took effect
    if (!resolved.timezone.empty()) then.account.timezone = resolved.timezone;
    std::vector<std::shared_ptr<const runbook::ZoneRules>> rules;
    for (const auto& [name, digest] : resolved.digests)
        if (auto found = recorded(digest)) rules.push_back(under_name(name, std::move(found)));
    zones::RecordedZones zones_then(std::move(rules), zones);
    auto parsed = parse_runbook(revision.yaml, revision.runbook + ".yaml", then, zones_then);
    if (parsed.runbook) parsed.runbook->resolved = revision.resolved;
    return parsed;
}

ParsedRunbook load_runbook(const std::filesystem::path& file, const Settings& settings,
                           zones::ZoneSource& zones) {
    const auto text = read_text_file(file, kMaxFileBytes);
    if (text) return parse_runbook(*text, file.string(), settings, zones);
    ParsedRunbook parsed;
    parsed.name = file.stem().string();
    parsed.name_is_guess = true;
    Report report(file.string());
    const bool too_big =
        text.error().code == ErrorCode::invalid_input && text.error().message.starts_with("is larger");
    report.error({}, "",
                 {.code = too_big ? "too_big" : "unreadable", .message = "the file " + text.error().message});
    parsed.diagnostics = report.take();
    return parsed;
}

}  // namespace runbookd::config
