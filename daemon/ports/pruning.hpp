#pragma once
// The doors to retention: the runtime knows the spans and the time and asks the store; people ask the
// runtime.
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace runbookd::ports {

/// What lies before these instants goes; unset: all of that kind stays.
struct Horizons {
    std::optional<UtcTime> outputs;  ///< of jobs that were created before: what they printed
    std::optional<UtcTime> history;  ///< runs that ended before, whole, and verdicts over instants before
    std::optional<UtcTime> events;   ///< the beginning of the trail, up to the first event that is not before
};

/// What was removed, or would be.
struct PruneCounts {
    std::int64_t outputs = 0;  ///< jobs that lost their outputs and stay
    std::int64_t texts = 0;    ///< distinct texts that nobody refers to any more; 0 where it was not done
    std::int64_t runs = 0;
    std::int64_t targets = 0;
    std::int64_t jobs = 0;
    std::int64_t occurrences = 0;
    std::int64_t events = 0;
    std::int64_t longest_ms = 0;  ///< the longest that the writer was held at a time

    [[nodiscard]] bool any() const {
        return outputs > 0 || texts > 0 || runs > 0 || targets > 0 || jobs > 0 || occurrences > 0 ||
               events > 0;
    }
};

/// Of the store.
class Pruning {
public:
    virtual ~Pruning() = default;
    /// Removes what lies before, in slices between which commits go on, and gives the space back. `actor` may
    /// be empty: nobody in particular. Errors: conflict (it is being done already), unavailable (disk;
    /// closing): what was removed until then is removed whole.
    virtual boost::asio::awaitable<Result<PruneCounts>> prune(Horizons horizons, UtcTime now,
                                                              std::string actor) = 0;
    /// Counts, and removes nothing: at most so many, for a few rows are still needed. Errors: unavailable.
    virtual boost::asio::awaitable<Result<PruneCounts>> would_prune(Horizons horizons) = 0;
};

struct PruneReport {
    Horizons horizons;
    PruneCounts counts;
};

/// Of the daemon, whose settings say how long what is kept.
class Retention {
public:
    virtual ~Retention() = default;
    enum class Mode { dry_run, remove };
    /// Errors: conflict (it is being done already; the time is in doubt), unavailable.
    virtual boost::asio::awaitable<Result<PruneReport>> prune(Mode mode, std::string actor) = 0;
};

}  // namespace runbookd::ports
