#pragma once
// `verify`: takes the record runbook by runbook, a bounded slice at a time, and has a thread of its own
// compute it again. The loop only carries the slices.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "ports/recorded_facts.hpp"
#include "ports/verification.hpp"
#include "verify/check.hpp"

namespace runbookd::runtime {

class Verifier final : public ports::Verification {
public:
    /// Reads a recorded text again with the zone rules that were recorded. Called on the verifier's thread:
    /// shares nothing that changes.
    using ReadText =
        std::function<verify::Revision(const std::string& runbook, const verify::RevisionText& text,
                                       const std::vector<runbook::ZoneRules>& rules)>;

    /// `facts` and `clock` outlive this. Its making counts as the daemon's start.
    Verifier(ports::RecordedFacts& facts, ReadText read, const Clock& clock,
             boost::asio::any_io_executor loop);
    /// Waits for the slice under way.
    ~Verifier() override;
    Verifier(const Verifier&) = delete;
    Verifier& operator=(const Verifier&) = delete;

    boost::asio::awaitable<Result<verify::Report>> verify(std::optional<UtcTime> since) override;

private:
    struct Work;
    boost::asio::awaitable<Result<void>> verify_runbook(std::shared_ptr<Work> work, std::string runbook);
    boost::asio::awaitable<Result<void>> on_thread(std::function<void()> what);

    ports::RecordedFacts& facts_;
    ReadText read_;
    const Clock& clock_;
    boost::asio::any_io_executor loop_;
    UtcTime up_since_;
    boost::asio::thread_pool thread_{1};
};

}  // namespace runbookd::runtime
