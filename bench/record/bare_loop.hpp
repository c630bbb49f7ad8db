#pragma once
// The yardstick of the writer: the same rows into tables of the same shape and indexes, with the same
// durability, and none of the writer's work. No triggers, no hashes, no JSON: what it binds was made before.
#include <cstdint>
#include <string>
#include <vector>

namespace runbookd::bench {

struct Pace {
    double a_second = 0;      ///< lifecycles, by the wall clock
    double microseconds = 0;  ///< of this thread on a processor, for each
};

/// Lifecycles of three steps each (intent; queued; ended with output, and decided), `at_once` of a
/// step in one transaction. `path` is of write_history and is written to; its triggers go.
[[nodiscard]] Pace bare_lifecycles(const std::string& path, std::int64_t first, std::int64_t count,
                                   std::int64_t at_once);
/// The same through the daemon's record writer.
[[nodiscard]] Pace our_lifecycles(const std::string& path, std::int64_t first, std::int64_t count,
                                  std::int64_t at_once);

}  // namespace runbookd::bench
