#pragma once
// The door to the runbooks' folder, for people: what a reload would do, and doing it.
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "runbook/reload_plan.hpp"

namespace runbookd::ports {

struct ReloadRequest {
    std::string actor;  ///< who asks; not empty
    std::string note;   ///< kept with the revisions; may be empty
};
struct ReloadDone {
    /// The clock is doubted: it is recorded that the reload waits, and it takes effect by itself.
    bool waits_for_clock = false;
    std::vector<runbook::Operation> operations;
};

class Reload {
public:
    virtual ~Reload() = default;
    /// What apply would do now, without doing it: folder and secrets are read with the settings that the
    /// daemon runs on. Errors: unavailable.
    virtual boost::asio::awaitable<Result<std::vector<runbook::Operation>>> preview() = 0;
    /// Takes what the folder holds, once durable. Files that are refused are among the operations. Errors:
    /// unavailable.
    virtual boost::asio::awaitable<Result<ReloadDone>> apply(ReloadRequest request) = 0;
};

}  // namespace runbookd::ports
