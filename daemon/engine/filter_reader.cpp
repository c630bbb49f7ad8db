#include "engine/filter_reader.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace runbookd::engine {
namespace {

constexpr Millis kRetry = std::chrono::seconds{10};  // on top of the line's own backing off

/// An answer about this list, which asking again would not change.
bool is_final(FailureKind kind) {
    return kind == FailureKind::not_found || kind == FailureKind::forbidden || kind == FailureKind::rejected;
}

}  // namespace

FilterReader::FilterReader(Filters& filters, Line& line, std::function<void(Instant)> on_fresh)
    : filters_(filters), line_(line), on_fresh_(std::move(on_fresh)) {}

void FilterReader::need_names(SteadyTime since) {
    names_since_ = std::max(names_since_.value_or(since), since);
}

void FilterReader::need_members(FilterId filter, SteadyTime since) {
    auto& wanted = members_since_.try_emplace(filter, since).first->second;
    wanted = std::max(wanted, since);
}

bool FilterReader::lacks_names() const {
    return names_since_ && (!filters_.names_read_at() || *filters_.names_read_at() < *names_since_);
}

std::optional<FilterId> FilterReader::next_lacking() {
    std::erase_if(members_since_, [&](const auto& wanted) {
        const auto* const known = filters_.members(wanted.first);
        return known != nullptr && known->read_at >= wanted.second;
    });
    if (members_since_.empty()) return std::nullopt;
    return members_since_.begin()->first;
}

bool FilterReader::wants_to_read() const {
    return !page_under_way_ && (lacks_names() || !members_since_.empty());
}

void FilterReader::pump(Instant now) {
    if (retry_at_ && now.steady < *retry_at_) return;
    retry_at_.reset();
    if (page_under_way_) return;
    const auto lacking = next_lacking();
    if ((!lacks_names() && !lacking) || !line_.is_open(Budget::Kind::read, now)) return;
    if (lacks_names()) {
        if (!filters_.is_reading_names()) filters_.begin_names(now.steady);
        return send(filters_.next_names_page(), now);
    }
    if (filters_.reading_members() != lacking) {
        filters_.begin_members(*lacking, now.steady);
        members_tries_.restart();
    }
    send(filters_.next_members_page(), now);
}

void FilterReader::send(ApiCall page, Instant now) {
    page_under_way_ = true;
    line_.send(std::move(page), [this, sent_at = now.steady](const ApiResult& result, Instant at) {
        on_page(result, sent_at, at);
    });
}

void FilterReader::on_page(const ApiResult& result, SteadyTime sent_at, Instant now) {
    page_under_way_ = false;
    if (!result) return on_failure(result.error(), sent_at, now);
    if (const auto* names = std::get_if<Page<Filter>>(&*result)) {
        names_tries_.restart();
        filters_.add(*names);
        if (!filters_.is_reading_names()) on_fresh_(now);
    }
    if (const auto* members = std::get_if<Page<DeviceUid>>(&*result)) {
        members_tries_.restart();
        filters_.add(*members);
        if (!filters_.reading_members()) on_fresh_(now);
    }
}

void FilterReader::on_failure(const ApiFailure& failure, SteadyTime sent_at, Instant now) {
    const auto members_of = filters_.is_reading_names() ? std::nullopt : filters_.reading_members();
    if ((members_of ? members_tries_ : names_tries_).is_worth_asking_again(failure)) return;
    if (!is_final(failure.kind)) {
        if (members_of)
            filters_.abandon_members();
        else
            filters_.abandon_names();
        retry_at_ = now.steady + kRetry;
        return;
    }
    if (members_of)
        filters_.refuse_members(*members_of, failure.message, sent_at);
    else
        filters_.refuse_names(failure.message, sent_at);
    on_fresh_(now);
}

}  // namespace runbookd::engine
