// The API about itself: limits, page size, the activity log.
#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/glob.hpp"
#include "sandbox/calls.hpp"
#include "sandbox/views.hpp"

namespace runbookd::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kDefaultLogPage = 100;
constexpr std::chrono::minutes kDefaultLogSpan{15};

/// Writes that the sandbox has no use for; live accounts list them with these limits.
constexpr std::array<std::pair<const char*, int>, 15> kOtherWrites = {{{"account-variable-create", 100},
                                                                       {"account-variable-update", 100},
                                                                       {"account-variable-delete", 100},
                                                                       {"site-variable-create", 100},
                                                                       {"site-variable-update", 100},
                                                                       {"site-variable-delete", 100},
                                                                       {"site-create", 100},
                                                                       {"site-update", 100},
                                                                       {"site-proxy-create", 100},
                                                                       {"site-proxy-delete", 100},
                                                                       {"device-move", 100},
                                                                       {"device-warranty-create", 100},
                                                                       {"device-udf-set", 600},
                                                                       {"alert-resolve", 100},
                                                                       {"user-reset-keys", 100}}};

std::string value_of(const Form& query, const std::string& name) {
    const auto found = query.find(name);
    return found == query.end() ? std::string{} : found->second;
}

/// Whether a comma-joined list names `word`; an empty list names everything.
bool list_names(const std::string& list, std::string_view word) {
    if (list.empty()) return true;
    for (std::size_t begin = 0; begin <= list.size();) {
        const auto end = std::min(list.find(',', begin), list.size());
        if (equals_ignoring_case(std::string_view(list).substr(begin, end - begin), word)) return true;
        begin = end + 1;
    }
    return false;
}

/// Free text with wildcards, anywhere in what the entry's details tell of the job.
bool search_finds(const std::string& search, const World& world, const Job& job) {
    if (search.empty()) return true;
    const auto& device = world.device_of(job);
    const auto glob = '*' + search + '*';
    return glob_matches(glob, job.name) || glob_matches(glob, device.hostname) ||
           glob_matches(glob, job.uid) || glob_matches(glob, device.uid) ||
           glob_matches(glob, world.fleet().site_of(device).name);
}

std::optional<UtcTime> time_of(const Form& query, const std::string& name, UtcTime otherwise) {
    const auto text = value_of(query, name);
    if (text.empty()) return otherwise;
    const auto parsed = parse_utc(text);
    if (!parsed) return std::nullopt;
    return *parsed;
}

/// The page's place: which entry it lies beyond, and on which side. None where the parameters make no sense.
bool read_place(const Form& query, ActivityQuery& wanted) {
    const auto page = value_of(query, "page");
    if (!page.empty() && page != "next" && page != "previous") return false;
    wanted.step = page == "previous" ? Step::previous : Step::next;
    const auto after = whole_number(query, "searchAfter", -1);
    if (!after) return false;
    if (*after >= 0) wanted.cursor = *after;
    return true;
}

std::optional<ActivityQuery> activity_query(const Call& call) {
    ActivityQuery wanted;
    const auto until = time_of(call.query, "until", call.now.utc);
    const auto from = time_of(call.query, "from", call.now.utc - kDefaultLogSpan);
    const auto size = whole_number(call.query, "size", kDefaultLogPage);
    const auto order = value_of(call.query, "order");
    if (!until || !from || !size || *size < 1) return std::nullopt;
    if (!order.empty() && order != "asc" && order != "desc") return std::nullopt;
    if (!read_place(call.query, wanted)) return std::nullopt;
    wanted.from = *from;
    wanted.until = *until;
    wanted.size = std::min(static_cast<std::size_t>(*size), kPageSize);
    wanted.order = order == "asc" ? Order::ascending : Order::descending;
    const auto categories = value_of(call.query, "categories");
    const auto actions = value_of(call.query, "actions");
    const auto entities = value_of(call.query, "entities");
    const auto search = value_of(call.query, "searchQuery");
    wanted.matches = [=, &world = call.world](const ActivityEntry& entry) {
        return list_names(categories, "job") && list_names(entities, "device") &&
               list_names(actions, name_of(entry.action)) &&
               search_finds(search, world, world.job(entry.job));
    };
    return wanted;
}

json url_beyond(const Call& call, const ActivityQuery& wanted, const ActivityEntry& entry, const char* step) {
    auto query = call.query;
    // The span is written out, or it would move between the pages.
    query["from"] = format_utc(wanted.from);
    query["until"] = format_utc(wanted.until);
    query["size"] = std::to_string(wanted.size);
    query["searchAfter"] = std::to_string(entry.id);
    query["page"] = step;
    return url_with(call, query);
}

}  // namespace

Reply get_status(const Call& call) {
    return json_reply(
        {{"version", "sandbox"}, {"status", "OK"}, {"started", to_unix_ms(call.world.start().utc)}});
}

Reply get_pagination(const Call&) { return json_reply({{"max", kPageSize}}); }

Reply get_request_rate(const Call& call) {
    auto& limits = call.limits;
    json writes = json::object();
    for (const auto& [operation, limit] : kOtherWrites) writes[operation] = {{"limit", limit}, {"count", 0}};
    writes["device-job-create"] = {{"limit", limits.job_creates.reported_limit()},
                                   {"count", limits.job_creates.used(call.now.steady)}};
    return json_reply({{"slidingTimeWindowSizeSeconds", 60},
                       {"accountUid", account_uid()},
                       {"accountCount", limits.reads.used(call.now.steady)},
                       {"accountRateLimit", limits.reads.reported_limit()},
                       {"accountCutOffRatio", 0.9},
                       {"accountWriteRateLimit", limits.writes.reported_limit()},
                       {"accountWriteCount", limits.writes.used(call.now.steady)},
                       {"operationWriteStatus", std::move(writes)}});
}

Reply get_activity_logs(const Call& call) {
    const auto wanted = activity_query(call);
    if (!wanted) return error_reply(400, call);
    const auto page = call.world.activity().find(*wanted, call.now.steady);
    json activities = json::array();
    for (const auto& entry : page.entries) activities.push_back(activity_view(call.world, entry));
    json details = {{"count", activities.size()}, {"prevPageUrl", nullptr}, {"nextPageUrl", nullptr}};
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
