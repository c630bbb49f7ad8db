#pragma once
// How long after its nominal instant (or its start) a run of a runbook may create jobs.
#include <algorithm>

#include "runbook/model.hpp"

namespace runbookd::engine {

/// The window; with `finish_by: window` less the time-out, so that what is created also ends inside it.
[[nodiscard]] inline Millis create_span(const runbook::Runbook& book) {
    const auto kept = book.finish_by == runbook::FinishBy::window ? book.timeout : Millis{0};
    return std::max(book.window - kept, Millis{0});
}

}  // namespace runbookd::engine
