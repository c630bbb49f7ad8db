#include "simulation/account.hpp"

#include <algorithm>

#include "base/glob.hpp"

namespace runbookd::simulation {
namespace {

using engine::ApiFailure;
using engine::ApiResult;
using engine::DeploymentStatus;
using engine::FailureKind;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Millis kWindow = seconds{60};
// The first call of a start asks for the rate; so many of them in a minute have their place in the budget. A
// daemon that is started again and again knows of no other.
constexpr std::size_t kRateChecksJudged = 4;

ApiResult failed(FailureKind kind, int status = 0) {
    return tl::unexpected<ApiFailure>(ApiFailure{kind, status, "simulated", std::nullopt});
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == '|')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

/// The one in which its agent sleeps then; null: it is awake.
const Span* sleeps_at(const WorldDevice& device, Millis since) {
    const auto after = std::upper_bound(device.offline.begin(), device.offline.end(), since,
                                        [](Millis at, const Span& span) { return at < span.from; });
    if (after == device.offline.begin()) return nullptr;
    const auto& last = *std::prev(after);
    return since < last.until ? &last : nullptr;
}

}  // namespace

std::string datto_uid(std::size_t place) { return "j" + std::to_string(place + 1); }

Account::Account(const World& world, const secrets::Vault& vault)
    : world_(world), vault_(vault), random_(world.seed * 7919 + 1) {}

bool Account::by_chance(int of_thousand) {
    // One draw for every chance, so that a fault's rate does not shift the draws of the others.
    return static_cast<int>(random_() % 1000) < (is_calm_ ? 0 : of_thousand);
}

std::int64_t Account::within(int least, int most) {
    return least + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most - least + 1));
}

void Account::count(std::deque<UtcTime>& window, std::size_t& most, UtcTime now) {
    while (!window.empty() && window.front() + kWindow <= now) window.pop_front();
    window.push_back(now);
    most = std::max(most, window.size());
}

void Account::count_read(bool is_rate_check, UtcTime now) {
    while (!reads_.empty() && reads_.front() + kWindow <= now) reads_.pop_front();
    reads_.push_back(now);
    while (!rate_checks_.empty() && rate_checks_.front() + kWindow <= now) rate_checks_.pop_front();
    if (is_rate_check) rate_checks_.push_back(now);
    if (!is_rate_check || rate_checks_.size() <= kRateChecksJudged) count(judged_reads_, most_reads_, now);
}

ApiResult Account::arrive(const engine::ApiCall& call, UtcTime now) {
    const auto& faults = world_.faults;
    const bool not_sent = by_chance(faults.not_sent);
    const bool lost_before = by_chance(faults.lost_before);
    const bool lost_after = by_chance(faults.lost_after);
    const bool server_error = by_chance(faults.server_error);
    const bool throttled = by_chance(faults.throttled);
    if (not_sent || now < down_until_) return failed(FailureKind::not_sent);
    ++calls_;
    const bool is_create = std::holds_alternative<engine::CreateQuickJob>(call);
    const bool is_write = std::holds_alternative<engine::ResolveAlert>(call);
    if (is_create) count(creates_, most_creates_, now);
    if (!is_create && !is_write) count_read(std::holds_alternative<engine::ReadRequestRate>(call), now);
    if (lost_before) return failed(FailureKind::lost);
    if (server_error) return failed(FailureKind::server_error, 500);
    if (throttled) return failed(FailureKind::throttled, 429);
    auto reply = answer(call, now);
    if (lost_after) return failed(FailureKind::lost);
    return reply;
}

template <class T>
engine::Page<T> Account::page_of(std::vector<T> all, const std::string& cursor) const {
    const auto from = std::min<std::size_t>(cursor.empty() ? 0 : std::stoul(cursor), all.size());
    const auto until = std::min(from + world_.page, all.size());
    engine::Page<T> page;
    page.items.assign(std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(from)),
                      std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(until)));
    if (until < all.size()) page.next_cursor = std::to_string(until);
    return page;
}

ApiResult Account::answer(const engine::ApiCall& call, UtcTime now) {
    if (std::holds_alternative<engine::ReadRequestRate>(call)) {
        engine::RequestRate rate;
        rate.read_count = static_cast<std::int64_t>(reads_.size());
        rate.read_limit = world_.limits.reads;
        rate.write_limit = world_.limits.writes;
        rate.create_limit = world_.limits.creates;
        rate.write_count = rate.create_count = static_cast<std::int64_t>(
            std::count_if(creates_.begin(), creates_.end(), [&](UtcTime t) { return t + kWindow > now; }));
        return rate;
    }
    if (const auto* read = std::get_if<engine::ReadSites>(&call)) return page_of(world_.sites, read->cursor);
    if (const auto* read = std::get_if<engine::ReadDevices>(&call))
        return page_of(devices_of(nullptr, now), read->cursor);
    if (const auto* read = std::get_if<engine::ReadSiteDevices>(&call))
        return page_of(devices_of(&read->site, now), read->cursor);
    if (const auto* read = std::get_if<engine::ReadComponents>(&call)) {
        std::vector<engine::Component> all;
        for (const auto& component : world_.components) {
            all.push_back({component.uid, component.name, "", "", {}});
            for (const auto& input : component.inputs)
                all.back().variables.push_back({input, "string", "", "", true});
        }
        return page_of(std::move(all), read->cursor);
    }
    if (const auto* read = std::get_if<engine::ReadDevice>(&call)) {
        const auto* const device = find(read->device, now);
        return device == nullptr ? failed(FailureKind::not_found, 404) : ApiResult(facts_of(*device, now));
    }
    if (std::holds_alternative<engine::ReadDefaultFilters>(call)) return engine::Page<engine::Filter>{};
    if (std::holds_alternative<engine::ReadCustomFilters>(call)) {
        engine::Page<engine::Filter> page;
        for (const auto& [name, glob] : world_.filters)
            page.items.push_back({static_cast<engine::FilterId>(page.items.size()) + 1, name});
        return page;
    }
    if (const auto* read = std::get_if<engine::ReadFilterDevices>(&call)) {
        if (read->filter < 1 || read->filter > std::ssize(world_.filters))
            return failed(FailureKind::not_found, 404);
        const Glob glob(std::next(world_.filters.begin(), read->filter - 1)->second);
        std::vector<DeviceUid> fitting;
        for (const auto& device : devices_of(nullptr, now))
            if (glob.matches(device.hostname)) fitting.push_back(device.uid);
        return page_of(std::move(fitting), read->cursor);
    }
    if (const auto* asked = std::get_if<engine::CreateQuickJob>(&call)) return create(*asked, now);
    if (const auto* read = std::get_if<engine::ReadResult>(&call)) return result(*read, now);
    if (const auto* read = std::get_if<engine::ReadOutput>(&call)) return output(*read, now);
    if (std::holds_alternative<engine::ReadAlerts>(call)) return open_alerts(now);
    if (const auto* resolve = std::get_if<engine::ResolveAlert>(&call)) {
        resolved_.insert(std::stoul(resolve->alert.str().substr(1)));
        return engine::AlertResolved{};
    }
    return activities(std::get<engine::SearchActivities>(call), now);
}

const std::vector<Account::Restart>& Account::restarts_of(const DeviceUid& device) const {
    static const std::vector<Restart> kNone;
    const auto found = restarts_.find(device);
    return found == restarts_.end() ? kNone : found->second;
}

bool Account::is_online(const WorldDevice& device, UtcTime now) const {
    const auto since = now - world_.start;
    if (since < device.exists.from || since >= device.exists.until) return false;
    if (is_calm_) return true;
    const auto& restarts = restarts_of(device.facts.uid);
    const bool is_restarting = std::any_of(restarts.begin(), restarts.end(), [&](const auto& restart) {
        return restart.down <= now && now < restart.up;
    });
    return !is_restarting && sleeps_at(device, since) == nullptr;
}

bool Account::has_restarted(const DeviceUid& device, UtcTime from, UtcTime until) const {
    const auto& restarts = restarts_of(device);
    return std::any_of(restarts.begin(), restarts.end(),
                       [&](const auto& restart) { return from <= restart.up && restart.up <= until; });
}

engine::Device Account::facts_of(const WorldDevice& device, UtcTime now) const {
    auto facts = device.facts;
    facts.online = is_online(device, now);
    facts.last_seen = now;
    const auto* const sleep = sleeps_at(device, now - world_.start);
    if (!facts.online && sleep != nullptr) facts.last_seen = world_.start + sleep->from;
    for (const auto& restart : restarts_of(device.facts.uid))
        if (restart.up <= now)
            facts.last_reboot = std::max(facts.last_reboot.value_or(restart.up), restart.up);
    return facts;
}

std::vector<engine::Device> Account::devices_of(const SiteUid* site, UtcTime now) const {
    std::vector<engine::Device> all;
    const auto since = now - world_.start;
    for (const auto& device : world_.devices)
        if ((site == nullptr || device.facts.site_uid == *site) && device.exists.from <= since &&
            since < device.exists.until)
            all.push_back(facts_of(device, now));
    return all;
}

const WorldDevice* Account::find(const DeviceUid& uid, UtcTime now) const {
    const auto since = now - world_.start;
    for (const auto& device : world_.devices)
        if (device.facts.uid == uid && device.exists.from <= since && since < device.exists.until)
            return &device;
    return nullptr;
}

/// The first instant at which its agent is there.
UtcTime Account::picked_up(const WorldDevice& device, UtcTime from) const {
    if (is_calm_) return from;
    auto at = from;
    for (bool has_moved = true; has_moved;) {
        has_moved = false;
        if (const auto* const sleep = sleeps_at(device, at - world_.start)) {
            at = world_.start + sleep->until;
            has_moved = true;
        }
        for (const auto& restart : restarts_of(device.facts.uid)) {
            if (restart.down > at || at >= restart.up) continue;
            at = restart.up;
            has_moved = true;
        }
    }
    return at;
}

ApiResult Account::create(const engine::CreateQuickJob& call, UtcTime now) {
    const auto* const device = find(call.device, now);
    const auto component = std::find_if(world_.components.begin(), world_.components.end(),
                                        [&](const auto& one) { return one.uid == call.component; });
    if (device == nullptr || component == world_.components.end()) return failed(FailureKind::not_found, 404);
    std::string given;
    for (const auto& [name, value] : call.variables) {
        const auto text = vault_.fill_in(value, call.runbook);
        if (!text) return failed(FailureKind::rejected, 400);
        given += name + "=" + *text + "\n";
    }
    WitnessedJob job;
    job.name = call.job_name;
    job.device = call.device;
    job.component = call.component;
    job.arrived = now;
    job.starts = picked_up(*device, now + seconds{within(1, 5)});
    job.in_log = now + Millis{within(0, static_cast<int>(world_.log_lag.count()))};
    if (by_chance(world_.faults.late_log)) job.in_log = now + minutes{within(30, 600)};
    run(job, *component, given);
    by_end_.emplace(job.ends, jobs_.size());
    ledger_.push_back({job.name, job.device, now, Millis{0}});
    by_uid_.emplace(datto_uid(jobs_.size()), jobs_.size());
    by_name_.emplace(job.name, jobs_.size());
    jobs_.push_back(std::move(job));
    return engine::CreatedJob{DattoJobUid{datto_uid(jobs_.size() - 1)}};
}

/// What becomes of it on its device.
void Account::run(WitnessedJob& job, const WorldComponent& component, const std::string& given) {
    const auto runs = static_cast<int>((component.longest - component.shortest).count());
    job.ends = job.starts + component.shortest + Millis{within(0, runs)};
    const auto draw = within(0, 99);
    if (draw < component.failure)
        job.ends_as = DeploymentStatus::failure;
    else if (draw < component.failure + component.warning)
        job.ends_as = DeploymentStatus::warning;
    else if (draw < component.failure + component.warning + component.expired)
        job.ends_as = DeploymentStatus::expired;
    if (job.ends_as == DeploymentStatus::expired) return;
    const auto lines = split(component.prints);
    const auto& line = lines.at(static_cast<std::size_t>(within(0, static_cast<int>(lines.size()) - 1)));
    const bool is_silent = within(0, 99) < component.without_output;
    if (!is_silent)
        job.out = line + "\n" + print_rows(job, component, given) + (component.prints_variables ? given : "");
    if (within(0, 99) >= component.restarts) return;
    const auto down = job.ends + seconds{within(0, 20)};
    restarts_[job.device].push_back({down, down + seconds{within(1, 400)}});
}

std::string Account::print_rows(WitnessedJob& job, const WorldComponent& component,
                                const std::string& given) {
    std::string text;
    const auto count = component.rows == 0 ? 0 : within(0, component.rows);
    for (std::int64_t n = 0; n < count; ++n) {
        const auto number = std::to_string(within(0, 1000));
        switch (within(0, 4)) {
            case 0: text += "::row {\"broken\": " + number + "\n"; break;
            case 1:
                text += "  ::row { \"n\" : " + number + " , \"tag\" : \"\\u0041\" }\r\n";
                job.rows.push_back("{\"n\":" + number + ",\"tag\":\"A\"}");
                break;
            case 2:
                if (const auto token = given.find("token="); token != std::string::npos) {
                    const auto value = given.substr(token + 6, given.find('\n', token) - token - 6);
                    text += "::row {\"token\":\"" + value + "\"}\n";
                    job.rows.push_back("{\"token\":\"" + value + "\"}");
                    break;
                }
                [[fallthrough]];
            default: text += "::row {\"n\":" + number + "}\n"; job.rows.push_back("{\"n\":" + number + "}");
        }
    }
    return text;
}

ApiResult Account::result(const engine::ReadResult& call, UtcTime now) const {
    const auto found = by_uid_.find(call.job.str());
    if (found == by_uid_.end()) return failed(FailureKind::not_found, 404);
    const auto& job = jobs_[found->second];
    const bool is_run = job.ends_as != DeploymentStatus::expired;
    engine::JobResult result;
    if (is_run && now >= job.starts) {
        result.status = DeploymentStatus::running;
        result.ran_on = job.starts;
    }
    if (now >= job.ends) {
        result.status = job.ends_as;
        result.has_stdout = job.out.has_value();
        result.warnings = job.ends_as == DeploymentStatus::warning ? 1 : 0;
    }
    return result;
}

ApiResult Account::output(const engine::ReadOutput& call, UtcTime now) const {
    const auto found = by_uid_.find(call.job.str());
    if (found == by_uid_.end()) return failed(FailureKind::not_found, 404);
    const auto& job = jobs_[found->second];
    if (now < job.ends || call.stream != engine::Stream::out) return engine::Output{};
    return engine::Output{job.out};
}

engine::Page<engine::JobActivity> Account::activities(const engine::SearchActivities& call,
                                                      UtcTime now) const {
    std::vector<engine::JobActivity> lines;
    if (call.kind == engine::ActivityKind::created) {
        const auto first = std::lower_bound(jobs_.begin(), jobs_.end(), call.from,
                                            [](const auto& job, UtcTime from) { return job.arrived < from; });
        for (auto job = first; job != jobs_.end(); ++job) {
            if (job->in_log > now) continue;
            auto& line = lines.emplace_back(engine::JobActivity{
                DattoJobUid{datto_uid(static_cast<std::size_t>(job - jobs_.begin()))}, job->name});
            line.device = job->device;
            line.at = job->arrived;
        }
    } else {
        for (auto end = by_end_.lower_bound({call.from, 0});
             end != by_end_.end() && end->first + world_.log_lag <= now; ++end) {
            const auto& job = jobs_[end->second];
            auto& line =
                lines.emplace_back(engine::JobActivity{DattoJobUid{datto_uid(end->second)}, job.name});
            line.device = job.device;
            line.status = job.ends_as;
            line.at = job.ends;
            line.has_stdout = job.out.has_value();
        }
    }
    return page_of(std::move(lines), call.cursor);
}

engine::Page<engine::Alert> Account::open_alerts(UtcTime now) const {
    engine::Page<engine::Alert> page;
    for (std::size_t place = 0; place < world_.alerts.size(); ++place) {
        const auto& plan = world_.alerts[place];
        const auto& device = world_.devices.at(plan.device).facts;
        const auto at = world_.start + plan.at;
        if (resolved_.contains(place) || at > now || find(device.uid, now) == nullptr) continue;
        engine::Alert alert;
        alert.uid = AlertUid{"a" + std::to_string(place)};
        alert.priority = plan.priority;
        alert.context_class = plan.context_class;
        alert.device = device.uid;
        alert.hostname = device.hostname;
        alert.site = device.site_uid;
        alert.site_name = device.site_name.str();
        alert.raised_at = at;
        page.items.push_back(std::move(alert));
    }
    return page;
}

std::optional<std::string> Account::output_of(const std::string& job_name) const {
    const auto found = by_name_.find(job_name);
    return found == by_name_.end() ? std::nullopt : jobs_[found->second].out;
}

std::optional<DeploymentStatus> Account::end_of(const std::string& job_name) const {
    const auto found = by_name_.find(job_name);
    return found == by_name_.end() ? std::nullopt : std::optional(jobs_[found->second].ends_as);
}

}  // namespace runbookd::simulation
