#pragma once
// The door to the record, as the runtime needs it. Nothing behind it is known here: SQLite today.
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/records.hpp"
#include "engine/recovered.hpp"

namespace runbookd::ports {

class Store {
public:
    virtual ~Store() = default;
    /// Resumes on the caller's executor once the batch is durable, in the order of the calls. While the disk
    /// refuses, it waits and tries again; it never fails and never drops a batch. Batches that are queued
    /// together may share one transaction.
    virtual boost::asio::awaitable<void> commit(engine::Batch batch) = 0;
    /// When each device last succeeded in the runbook, with all that was handed to commit() before. Errors:
    /// unavailable.
    virtual boost::asio::awaitable<Result<std::vector<engine::LastSuccess>>> successes(
        std::string runbook) = 0;
    /// Empty while commits succeed; otherwise one line that says why they do not. Safe from the loop thread.
    [[nodiscard]] virtual std::string trouble() const = 0;
};

}  // namespace runbookd::ports
