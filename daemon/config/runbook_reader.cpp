#include "config/document.hpp"
#include "config/fields.hpp"
#include "config/runbooks.hpp"
#include "config/schedule_reader.hpp"
#include "config/selectors.hpp"
#include "config/text_file.hpp"
#include "config/variables.hpp"

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
    static const Vocabulary keys{{"name", "description", "enabled", "account", "schedule", "window",
                                  "targets", "component", "variables", "timeout", "offline"},
                                 {"use",        "tags",         "priority",
                                  "triggers",   "max_per_hour", "finish_by",
                                  "not_during", "overlap",      "one_job_per_device",
                                  "guard",      "approval",     "once",
                                  "ramp",       "steps",        "success",
                                  "collect",    "retry",        "on_unknown",
                                  "tolerate",   "rollout",      "notify"}};
    return keys;
}

/// What the text left to defaults, as a JSON object. Names, zones and spans hold nothing that JSON would
/// escape.
class Resolved {
public:
    void add(std::string_view key, std::string_view value) {
        if (!members_.empty()) members_ += ',';
        members_.append("\"").append(key).append("\":\"").append(value).append("\"");
    }
    [[nodiscard]] std::string json() const { return "{" + members_ + "}"; }

private:
    std::string members_;
};

/// Reads one runbook; what is reported leaves its default in place.
class RunbookReader {
public:
    RunbookReader(const MapReader& map, const Settings& settings, zones::Zones& zones)
        : map_(map), settings_(settings), zones_(zones) {}

    runbook::Runbook read(const std::string& default_name) {
        read_name(default_name);
        if (const auto field = map_.get("description")) read_description(*field);
        if (const auto field = map_.get("enabled")) runbook_.enabled = read_bool(*field).value_or(true);
        // In alphabetical order of keys, so that equal defaults are equal texts.
        read_account();
        read_offline();
        read_span("timeout", runbook_.timeout, kTimeoutRange);
        read_when();
        read_span("window", runbook_.window, kWindowRange);
        read_what();
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
        const auto field = map_.get("schedule");
        if (!field) return;
        auto read = read_schedule(*field, settings_.account.timezone, zones_);
        if (read.schedule && read.zone_is_default) resolved_.add("timezone", read.schedule->zone());
        runbook_.schedule = std::move(read.schedule);
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
        if (const auto field = map_.get("variables")) runbook_.variables = read_variables(*field);
    }

    const MapReader& map_;
    const Settings& settings_;
    zones::Zones& zones_;
    runbook::Runbook runbook_;
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

}  // namespace

ParsedRunbook parse_runbook(std::string_view text, const std::string& file, const Settings& settings,
                            zones::Zones& zones) {
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

ParsedRunbook load_runbook(const std::filesystem::path& file, const Settings& settings, zones::Zones& zones) {
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
