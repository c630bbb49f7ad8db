#pragma once
#include "base/time.hpp"
#include "runbook/model.hpp"

namespace runbookd::engine {

/// By how much the start of this occurrence is put off: below `jitter`, and below the time that its window
/// leaves for creates.
[[nodiscard]] inline Millis start_delay(const runbook::Meaning& book, UtcTime nominal, Millis jitter,
                                        Millis window) {
    if (jitter <= Millis{0}) return Millis{0};
    // What would put the start off past the last create is drawn again from a shorter span.
    const auto drawn = schedule::jitter_of(book.name, nominal, jitter, window);
    const auto span = window - (book.window - book.create_span());
    return drawn < span ? drawn : schedule::jitter_of(book.name, nominal, jitter, span);
}

}  // namespace runbookd::engine
