#pragma once
// Pages of a list, asked for and told as the real API does: `page` from 0, `max`, and where the next one is.
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>

#include "base/result.hpp"
#include "http_api/message.hpp"

namespace runbookd::http_api {

/// The most entries of one page, and what there is where none is asked for.
inline constexpr std::int64_t kPageMost = 250;

struct PageAsked {
    std::int64_t page = 0;
    std::int64_t max = kPageMost;
    [[nodiscard]] std::int64_t first() const { return page * max; }
};

/// A whole number from `least`; more than `most` is `most`. Errors: invalid_input.
[[nodiscard]] Result<std::int64_t> read_whole(const Request& request, const char* name, std::int64_t least,
                                              std::int64_t most, std::int64_t otherwise);
/// `max`, 1 to kPageMost; more is cut to it, as Datto does. Errors: invalid_input.
[[nodiscard]] Result<std::int64_t> read_max(const Request& request, std::int64_t otherwise);
/// `page` and `max`, and no other parameter. Errors: invalid_input.
[[nodiscard]] Result<PageAsked> read_page(const Request& request);

/// `pageDetails` of a page with so many of all entries. The next page's address is relative to the host.
[[nodiscard]] nlohmann::ordered_json page_details(const Request& request, const PageAsked& asked,
                                                  std::int64_t count, std::int64_t total);

}  // namespace runbookd::http_api
