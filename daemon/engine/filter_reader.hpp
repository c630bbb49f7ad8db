#pragma once
// Reads filters' names, and the members of those that runs select by, when somebody needs them: one page
// under way at a time.
#include <functional>
#include <map>
#include <optional>

#include "engine/filters.hpp"
#include "engine/line.hpp"
#include "engine/page_tries.hpp"

namespace runbookd::engine {

class FilterReader {
public:
    /// `on_fresh` is called whenever a list has come in whole, or cannot be read at all.
    FilterReader(Filters& filters, Line& line, std::function<void(Instant)> on_fresh);

    /// Names are wanted whose reading began at `since` or later.
    void need_names(SteadyTime since);
    /// Likewise the members of a filter.
    void need_members(FilterId filter, SteadyTime since);
    [[nodiscard]] bool wants_to_read() const;
    void pump(Instant now);
    /// When a failed list is tried again, if one waits for that.
    [[nodiscard]] std::optional<SteadyTime> retry_at() const { return retry_at_; }

private:
    [[nodiscard]] bool lacks_names() const;
    /// The next filter whose members are wanted; those that are there already are struck off.
    [[nodiscard]] std::optional<FilterId> next_lacking();
    void send(ApiCall page, Instant now);
    void on_page(const ApiResult& result, SteadyTime sent_at, Instant now);
    void on_failure(const ApiFailure& failure, SteadyTime sent_at, Instant now);

    Filters& filters_;
    Line& line_;
    std::function<void(Instant)> on_fresh_;
    std::optional<SteadyTime> names_since_;
    std::map<FilterId, SteadyTime> members_since_;
    PageTries names_tries_, members_tries_;
    bool page_under_way_ = false;
    std::optional<SteadyTime> retry_at_;
};

}  // namespace runbookd::engine
