// The activity log as calls see it: filters, the span asked for, pages by cursor.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kDefaultPage = 100;
constexpr std::chrono::minutes kDefaultSpan{15};

std::vector<std::string_view> items_of(std::string_view list) {
    std::vector<std::string_view> items;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        if (comma > 0) items.push_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return items;
}

/// Whether a comma-joined list names `word`; an empty list names everything.
bool names(const std::string& list, std::string_view word) {
    const auto items = items_of(list);
    return items.empty() || std::any_of(items.begin(), items.end(), [&](std::string_view item) {
               return equals_ignoring_case(item, word);
           });
}

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// None where the list holds what is no number.
std::optional<std::vector<std::int64_t>> numbers_of(const std::string& list) {
    std::vector<std::int64_t> numbers;
    for (const auto item : items_of(list)) {
        const auto number = number_in(item);
        if (!number) return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

bool allows(const std::vector<std::int64_t>& wanted, std::int64_t id) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), id) != wanted.end();
}

/// What an entry must be, asked once for a call and then held against each entry.
struct ActivityFilter {
    bool any = true;  ///< false: no entry of the sandbox is of the asked category, entity or user
    bool creates = true;
    bool deployments = true;
    std::vector<std::int64_t> sites;
    std::optional<Glob> search;  ///< free text with wildcards, anywhere in what the details tell of the job

    [[nodiscard]] bool matches(const World& world, const ActivityEntry& entry) const {
        if (!any || !(entry.action == ActivityAction::create ? creates : deployments)) return false;
        if (sites.empty() && !search) return true;
        const auto& job = world.job(entry.job);
        const auto& device = world.device_of(job);
        const auto& site = world.fleet().site_of(device);
        if (!allows(sites, site_id(world, site))) return false;
        return !search || search->matches(job.name) || search->matches(device.hostname) ||
               search->matches(job.uid) || search->matches(device.uid) || search->matches(site.name);
    }
};

std::optional<ActivityFilter> read_filter(const Form& query) {
    auto sites = numbers_of(text_of(query, "siteIds"));
    const auto users = numbers_of(text_of(query, "userIds"));
    if (!sites || !users) return std::nullopt;
    const auto actions = text_of(query, "actions");
    auto search = text_of(query, "searchQuery");
    ActivityFilter filter;
    filter.any = names(text_of(query, "categories"), "job") && names(text_of(query, "entities"), "device") &&
                 allows(*users, kApiUserId);
    filter.creates = names(actions, name_of(ActivityAction::create));
    filter.deployments = names(actions, name_of(ActivityAction::deployment));
    filter.sites = std::move(*sites);
    if (!search.empty()) {
        // One star at each end, whether the caller wrote it or not: that form is the quick one of a Glob.
        if (search.front() != '*') search.insert(0, 1, '*');
        if (search.size() == 1 || search.back() != '*') search += '*';
        filter.search.emplace(search);
    }
    return filter;
}

std::optional<UtcTime> time_of(const Form& query, const std::string& name, UtcTime otherwise) {
    const auto text = text_of(query, name);
    if (text.empty()) return otherwise;
    const auto parsed = parse_utc(text);
    if (!parsed) return std::nullopt;
    return *parsed;
}

/// The cursor's form is nobody's business but ours: milliseconds and the entry's id.
std::string cursor_at(const ActivityEntry& entry) {
    return std::to_string(to_unix_ms(entry.date)) + '-' + std::to_string(entry.id);
}

std::optional<ActivityPlace> read_cursor(std::string_view text) {
    const auto dash = text.rfind('-');
    if (dash == std::string_view::npos || dash == 0) return std::nullopt;
    const auto at = number_in(text.substr(0, dash));
    const auto id = number_in(text.substr(dash + 1));
    if (!at || !id) return std::nullopt;
    return ActivityPlace{from_unix_ms(*at), *id};
}

/// The page's place: which entry it lies beyond, and on which side. False where the parameters make no sense.
bool read_place(const Form& query, ActivityQuery& wanted) {
    const auto page = text_of(query, "page");
    if (!page.empty() && page != "next" && page != "previous") return false;
    wanted.step = page == "previous" ? Step::previous : Step::next;
    const auto after = text_of(query, "searchAfter");
    if (after.empty()) return true;
    wanted.cursor = read_cursor(after);
    return wanted.cursor.has_value();
}

std::optional<ActivityQuery> read_query(const Call& call) {
    ActivityQuery wanted;
    const auto until = time_of(call.query, "until", call.now.utc);
    const auto from = time_of(call.query, "from", call.now.utc - kDefaultSpan);
    const auto size = whole_number(call.query, "size", kDefaultPage);
    const auto order = text_of(call.query, "order");
    if (!until || !from || !size || *size < 1) return std::nullopt;
    if (!order.empty() && order != "asc" && order != "desc") return std::nullopt;
    auto filter = read_filter(call.query);
    if (!filter || !read_place(call.query, wanted)) return std::nullopt;
    wanted.from = std::max(*from, call.now.utc - call.world.fleet().activity_log.retention);
    wanted.until = *until;
    wanted.size = std::min(static_cast<std::size_t>(*size), kLargestLogPage);
    wanted.order = order == "asc" ? Order::ascending : Order::descending;
    wanted.matches = [filter = std::move(*filter), &world = call.world](const ActivityEntry& entry) {
        return filter.matches(world, entry);
    };
    return wanted;
}

json url_beyond(const Call& call, const ActivityQuery& wanted, const ActivityEntry& entry, const char* step) {
    Form place{{"size", std::to_string(wanted.size)}, {"searchAfter", cursor_at(entry)}, {"page", step}};
    if (!call.world.fleet().paging.drops_filters) {
        // The span is written out, or it would move between the pages.
        place["from"] = format_utc(wanted.from);
        place["until"] = format_utc(wanted.until);
    }
    return url_of_page(call, place);
}

}  // namespace

Reply get_activity_logs(const Call& call) {
    const auto wanted = read_query(call);
    if (!wanted) return error_reply(400, call);
    const auto page = call.world.activity().find(*wanted, call.now.steady);
    json activities = json::array();
    for (const auto& entry : page.entries) activities.push_back(activity_view(call.world, entry));
    json details = {
        {"count", activities.size()}, {"prevPageUrl", no_page(call)}, {"nextPageUrl", no_page(call)}};
    if (!page.entries.empty() && page.has_previous) {
        details["prevPageUrl"] = url_beyond(call, *wanted, page.entries.front(), "previous");
    }
    if (!page.entries.empty() && page.has_next) {
        details["nextPageUrl"] = url_beyond(call, *wanted, page.entries.back(), "next");
    }
    return json_reply(
        {{"pageDetails", std::move(details)}, {"activities", std::move(activities)}, {"error", nullptr}});
}

}  // namespace runbookd::sandbox
