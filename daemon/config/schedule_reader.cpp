#include "config/schedule_reader.hpp"

#include <algorithm>

#include "config/cron_reader.hpp"
#include "config/local_time_reader.hpp"
#include "config/quantities.hpp"
#include "config/zone_reader.hpp"
#include "zones/zone_source.hpp"

namespace runbookd::config {
namespace {

using std::chrono::days;

constexpr Range<Millis> kJitterRange{Millis{0}, days{31}};
constexpr Range<Millis> kOffsetRange{Millis{0}, days{366}};
/// Each of them is asked for its next instant whenever one of them has fired.
constexpr std::size_t kMostEntries = 100;
constexpr std::string_view kEntryExpected =
    R"(a cron expression such as "0 2 * * SUN", or a map with cron or at)";

const Vocabulary& entry_keys() {
    static const Vocabulary keys{
        {"cron", "at", "maintenance", "days", "offset", "timezone", "jitter", "dst", "catch_up"}, {}};
    return keys;
}

void refuse(const Field& field, const std::string& message, const std::string& expected) {
    field.error({.code = "bad_value", .message = message, .expected = expected});
}

/// Whose clock an entry goes by: one entry, or all of a schedule.
enum class Clock { own, of_sites, of_customers };

/// What one entry says; what could not be read is reported and absent.
struct Draft {
    Clock clock = Clock::own;
    SharedEntry entry;
    std::shared_ptr<const cron::Zone> zone;  ///< with Clock::own

    [[nodiscard]] bool is_whole() const {
        return (entry.rule || !entry.maintenance.empty()) && (zone || clock != Clock::own);
    }
};

class EntryReader {
public:
    EntryReader(const ScheduleSurroundings& around, ReadSchedule& into) : around_(around), into_(into) {
        options_.scope = around.runbook;
    }

    Draft read(const Field& field) {
        Draft draft;
        draft.entry.field = field;
        if (field.is_map()) {
            read_map(field, draft);
            return draft;
        }
        if (!field.is_scalar()) {
            field.wrong_type(std::string(kEntryExpected));
            return draft;
        }
        for (const auto* key : {"days", "offset", "timezone", "jitter", "catch_up"})
            into_.left_out.insert(key);
        draft.entry.rule = read_cron(field, options_);
        draft.zone = find_account_zone(field, around_.account_zone, around_.zones);
        if (!into_.zone) into_.zone = draft.zone;
        return draft;
    }

private:
    void read_map(const Field& field, Draft& draft) {
        const auto map = MapReader::open(field, entry_keys());
        const auto left_out = [&](const char* key) {
            if (!map->has(key)) into_.left_out.insert(key);
        };
        for (const auto* key : {"timezone", "jitter", "catch_up"}) left_out(key);
        if (const auto dst = map->get("dst")) read_dst(*dst);
        read_clock(*map, draft);
        draft.entry.field = map->get("maintenance").value_or(field);
        const auto at = map->get("at");
        if (at && !map->has("maintenance")) {
            draft.entry.rule = read_once(*map, *at);
        } else {
            for (const auto* key : {"days", "offset"}) left_out(key);
            draft.entry.rule = read_recurring(*map, draft.entry.maintenance);
        }
        draft.entry.options = options_;
        if (const auto written = map->get("jitter"))
            draft.entry.jitter = read_duration(*written, kJitterRange).value_or(Millis{0});
        draft.entry.catch_up = read_catch_up(*map);
    }

    void read_clock(const MapReader& map, Draft& draft) {
        const auto written = map.get("timezone");
        const auto is = [&](const char* word) {
            return written && written->is_scalar() && written->node->text == word;
        };
        if (map.has("maintenance") || is("customer"))
            draft.clock = Clock::of_customers;
        else if (is("site"))
            draft.clock = Clock::of_sites;
        if (written && map.has("maintenance") && !is("customer"))
            refuse(*written, "a maintenance window is in its customer's zone", "no 'timezone' beside it");
        draft.zone = written && draft.clock == Clock::own
                         ? read_zone(*written, around_.zones)
                         : find_account_zone(map.field(), around_.account_zone, around_.zones);
        if (!into_.zone) into_.zone = draft.zone;
    }

    void read_dst(const Field& field) {
        static const Vocabulary keys{{"gap", "repeat"}, {}};
        const auto map = MapReader::open(field, keys);
        if (!map) return;
        if (map->is_empty()) refuse(field, "this map is empty", "gap, repeat, or both");
        if (const auto gap = map->get("gap")) {
            const auto place = read_word(*gap, {{"shift"}, {"skip"}});
            if (place) options_.gap = static_cast<cron::GapRule>(*place);
        }
        if (const auto repeat = map->get("repeat")) {
            const auto place = read_word(*repeat, {{"first"}, {"second"}, {"both"}});
            if (place) options_.repeat = static_cast<cron::RepeatRule>(*place);
        }
    }

    std::optional<cron::Once> read_once(const MapReader& map, const Field& at) {
        if (const auto cron = map.get("cron"))
            refuse(*cron, "'cron' and 'at' exclude each other",
                   "one of them; a list of two schedules for both");
        for (const auto* key : {"days", "offset"})
            if (const auto field = map.get(key))
                refuse(*field, std::string("'") + key + "' goes with 'cron' only: 'at' is one instant",
                       "the instant itself under 'at'");
        const auto local = read_local_time(at);
        if (!local) return std::nullopt;
        return cron::Once(*local, options_);
    }

    std::optional<cron::Expression> read_recurring(const MapReader& map, std::string& maintenance) {
        if (const auto join = map.get("days")) {
            const auto place = read_word(*join, {{"or"}, {"and"}});
            if (place) options_.days = static_cast<cron::DayJoin>(*place);
        }
        if (const auto offset = map.get("offset")) read_offset(*offset);
        if (const auto window = map.get("maintenance")) maintenance = read_maintenance(map, *window);
        const auto cron = map.get("cron");
        if (!cron) {
            if (!map.has("maintenance"))
                map.missing("cron", R"(cron: "0 2 * * SUN", or at: 2026-12-01T02:00)");
            return std::nullopt;
        }
        if (cron->is_scalar() && cron->node->text.starts_with("@every")) refuse_with_every(map);
        return read_cron(*cron, options_);
    }

    /// The window's name; empty: reported.
    static std::string read_maintenance(const MapReader& map, const Field& field) {
        const auto name = read_plain_name(field, "a maintenance window");
        for (const auto* key : {"cron", "at", "days", "offset"})
            if (const auto other = map.get(key))
                refuse(*other, std::string("'") + key + "' and 'maintenance' exclude each other",
                       "one of them; a list of two schedules for both");
        return name.value_or("");
    }

    void read_offset(const Field& field) {
        const auto span = read_duration(field, kOffsetRange);
        if (!span) return;
        options_.offset = std::chrono::floor<days>(*span);
        if (options_.offset != *span)
            refuse(field, shown(field.node->text) + " is not a number of whole days",
                   "such as 5d, from 0d to 366d");
    }

    void refuse_with_every(const MapReader& map) {
        options_ = cron::Options{};
        for (const auto* key : {"days", "offset", "dst"})
            if (const auto field = map.get(key))
                refuse(*field,
                       std::string("'") + key +
                           "' means nothing with @every, which counts real time and no days",
                       "'@every' without it");
    }

    static schedule::CatchUp read_catch_up(const MapReader& map) {
        const auto field = map.get("catch_up");
        const auto place =
            field ? read_word(*field, {{"none"}, {"latest"}, {"all"}}) : std::optional<std::size_t>();
        return place ? static_cast<schedule::CatchUp>(*place) : schedule::CatchUp::latest;
    }

    const ScheduleSurroundings& around_;
    ReadSchedule& into_;
    cron::Options options_;
};

/// One schedule has lanes by one thing, or none.
bool is_of_one_clock(const std::vector<Draft>& drafts) {
    for (const auto& draft : drafts) {
        if (draft.clock == drafts.front().clock) continue;
        refuse(
            draft.entry.field,
            "one schedule cannot go by the zones of customers, by those of sites, and by a zone of its own",
            "entries of one kind; another runbook for the others");
        return false;
    }
    return true;
}

schedule::Timeline plain_timeline(std::vector<Draft> drafts) {
    std::vector<schedule::Entry> entries;
    for (auto& draft : drafts)
        entries.push_back({.rule = std::move(*draft.entry.rule),
                           .zone = std::move(draft.zone),
                           .jitter = draft.entry.jitter,
                           .catch_up = draft.entry.catch_up});
    return schedule::Timeline(std::move(entries));
}

SharedSchedule shared_schedule(std::vector<Draft> drafts) {
    SharedSchedule shared;
    if (drafts.front().clock == Clock::of_sites) shared.by = runbook::LanesBy::site_zone;
    for (auto& draft : drafts) shared.entries.push_back(std::move(draft.entry));
    return shared;
}

}  // namespace

ReadSchedule read_schedule(const Field& field, const ScheduleSurroundings& around) {
    ReadSchedule read;
    std::vector<Field> items;
    if (field.is_list())
        for (std::size_t i = 0; i < field.node->items.size(); ++i) items.push_back(field.item(i));
    else
        items.push_back(field);
    if (items.empty()) refuse(field, "this list is empty", std::string(kEntryExpected));
    if (items.size() > kMostEntries) {
        refuse(field, "there are " + std::to_string(items.size()) + " schedules here",
               "at most " + std::to_string(kMostEntries));
        return read;
    }
    std::vector<Draft> drafts;
    for (const auto& item : items) drafts.push_back(EntryReader(around, read).read(item));
    const bool are_whole =
        std::all_of(drafts.begin(), drafts.end(), [](const Draft& draft) { return draft.is_whole(); });
    if (drafts.empty() || !is_of_one_clock(drafts) || !are_whole) return read;
    if (drafts.front().clock == Clock::own)
        read.schedule = plain_timeline(std::move(drafts));
    else
        read.shared = shared_schedule(std::move(drafts));
    return read;
}

}  // namespace runbookd::config
