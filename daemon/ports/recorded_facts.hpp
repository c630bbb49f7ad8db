#pragma once
// The door to what the record holds about schedules, for those who compute it again.
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "runbook/model.hpp"
#include "verify/facts.hpp"

namespace runbookd::ports {

class RecordedFacts {
public:
    virtual ~RecordedFacts() = default;
    /// The names of all runbooks that ever were in force, sorted. Errors, of all five: unavailable.
    virtual boost::asio::awaitable<Result<std::vector<std::string>>> runbook_names() = 0;
    /// In order.
    virtual boost::asio::awaitable<Result<std::vector<verify::RevisionText>>> revisions(
        std::string runbook) = 0;
    /// Verdicts, runs and pauses over the instants in (from, until]. Where those are many, the slice ends
    /// earlier: its `until` says where the next one begins.
    virtual boost::asio::awaitable<Result<verify::Slice>> slice(std::string runbook, UtcTime from,
                                                                UtcTime until) = 0;
    /// All that were ever recorded. Those whose bytes no longer have their digest are left out.
    virtual boost::asio::awaitable<Result<std::vector<runbook::ZoneRules>>> zone_rules() = 0;
    /// Verdicts and runs before this may have been removed by retention; none: nothing was.
    virtual boost::asio::awaitable<Result<std::optional<UtcTime>>> pruned_until() = 0;
};

}  // namespace runbookd::ports
