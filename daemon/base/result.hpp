#pragma once
// Result<T>: a value or an Error. std::expected's interface, from libexpected-dev until C++23.
#include <tl/expected.hpp>
#include <utility>

#include "base/error.hpp"

namespace runbookd {

template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning a failure: `return fail(ErrorCode::not_found, "...")`.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
    return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace runbookd
