#include "engine/filters.hpp"

#include <charconv>
#include <iterator>
#include <utility>

#include "base/glob.hpp"
#include "base/spelling.hpp"

namespace runbookd::engine {
namespace {

std::optional<FilterId> as_id(std::string_view text) {
    FilterId id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
}

}  // namespace

void Filters::begin_names(SteadyTime now) {
    gathered_.clear();
    customs_.abandon();
    defaults_.begin(now);
}

ApiCall Filters::next_names_page() const {
    if (defaults_.is_reading()) return ReadDefaultFilters{defaults_.cursor()};
    return ReadCustomFilters{customs_.cursor()};
}

void Filters::add(Page<Filter> page) {
    if (defaults_.is_reading()) {
        if (!defaults_.add(std::move(page))) return;
        gathered_ = defaults_.take();
        return customs_.begin(*defaults_.read_at());
    }
    if (!customs_.is_reading() || !customs_.add(std::move(page))) return;
    auto customs = customs_.take();
    std::move(customs.begin(), customs.end(), std::back_inserter(gathered_));
    known_ = std::exchange(gathered_, {});
    names_read_at_ = customs_.read_at();
    names_problem_.clear();
}

void Filters::abandon_names() {
    defaults_.abandon();
    customs_.abandon();
}

void Filters::refuse_names(std::string problem, SteadyTime sent_at) {
    abandon_names();
    known_.clear();
    names_problem_ = std::move(problem);
    names_read_at_ = sent_at;
}

void Filters::begin_members(FilterId filter, SteadyTime now) {
    members_of_ = filter;
    members_.begin(now);
}

std::optional<FilterId> Filters::reading_members() const {
    if (!members_.is_reading()) return std::nullopt;
    return members_of_;
}

ApiCall Filters::next_members_page() const { return ReadFilterDevices{members_of_, members_.cursor()}; }

void Filters::add(Page<DeviceUid> page) {
    if (!members_.is_reading() || !members_.add(std::move(page))) return;
    auto uids = members_.take();
    auto& members = known_members_[members_of_];
    members = {*members_.read_at(), {}, ""};
    members.devices.reserve(uids.size());
    for (auto& uid : uids) members.devices.insert(std::move(uid));
}

void Filters::refuse_members(FilterId filter, std::string problem, SteadyTime sent_at) {
    members_.abandon();
    known_members_[filter] = {sent_at, {}, std::move(problem)};
}

void Filters::forget_members(SteadyTime before) {
    std::erase_if(known_members_, [&](const auto& entry) { return entry.second.read_at < before; });
}

Result<FilterId> Filters::find(std::string_view wanted) const {
    if (!names_problem_.empty())
        return fail(ErrorCode::unavailable, "the account's filters cannot be read: " + names_problem_);
    std::vector<FilterId> exact, alike;
    std::vector<std::string> names;
    const auto id = as_id(wanted);
    for (const auto& filter : known_) {
        if (filter.id == id) return filter.id;
        if (filter.name == wanted) exact.push_back(filter.id);
        if (equals_ignoring_case(filter.name, wanted)) alike.push_back(filter.id);
        names.push_back(filter.name);
    }
    const auto& found = exact.empty() ? alike : exact;
    if (found.size() == 1) return found.front();
    const auto name = "filter '" + std::string(wanted) + "'";
    std::string message;
    if (found.size() > 1) {
        for (const auto one : found) message += (message.empty() ? "" : ", ") + std::to_string(one);
        return fail(ErrorCode::conflict, name + " is the name of " + std::to_string(found.size()) +
                                             " filters; give an id instead: " + message);
    }
    for (const auto& close : nearest(wanted, names))
        message += (message.empty() ? "; did you mean '" : "' or '") + close;
    return fail(ErrorCode::not_found, name + " does not exist, or this API user may not see it" + message +
                                          (message.empty() ? "" : "'?"));
}

const Filters::Members* Filters::members(FilterId filter) const {
    const auto found = known_members_.find(filter);
    return found == known_members_.end() ? nullptr : &found->second;
}

}  // namespace runbookd::engine
