#pragma once
// What the function behind a route gets, and the few shapes that all of them answer with.
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/rate_window.hpp"
#include "sandbox/refusals.hpp"
#include "sandbox/world.hpp"

namespace runbookd::sandbox {

class IdempotencyKeys;

struct Call {
    World& world;
    RateLimits& limits;
    IdempotencyKeys& keys;
    const Request& request;
    const std::vector<std::string>& parts;  ///< what stood at the places of the route
    const Form& query;
    Instant now;
};

/// The largest page of an activity log.
inline constexpr std::size_t kLargestLogPage = 250;

[[nodiscard]] Reply json_reply(const nlohmann::json& body);
[[nodiscard]] inline Reply error_reply(int status, const Call& call) {
    return error_reply(status, call.request, call.now);
}

/// A query parameter that holds a whole number of 0 or more; `otherwise` where it is absent, none where it is
/// not one.
[[nodiscard]] std::optional<std::int64_t> whole_number(const Form& query, const std::string& name,
                                                       std::int64_t otherwise);
/// The text of a query parameter; empty where it is absent.
[[nodiscard]] std::string text_of(const Form& query, const std::string& name);
/// The URL of another page of what the call asks for: its own URL with `place` set, the parameters that say
/// which page. A fleet whose paging drops filters leaves out all others.
[[nodiscard]] std::string url_of_page(const Call& call, const Form& place);
/// What stands for the URL of a page that there is not.
[[nodiscard]] nlohmann::json no_page(const Call& call);

/// Items of a list as JSON, made only for those on the page.
using ItemView = std::function<nlohmann::json(std::size_t item)>;
/// The page of `items` that `page` and `max` ask for, under `key`, with pageDetails; 400 where they are no
/// numbers.
[[nodiscard]] Reply page_reply(const Call& call, const std::string& key,
                               const std::vector<std::size_t>& items, const ItemView& view);
/// The same of all items from 0 to `count`.
[[nodiscard]] Reply page_reply(const Call& call, const std::string& key, std::size_t count,
                               const ItemView& view);

}  // namespace runbookd::sandbox
