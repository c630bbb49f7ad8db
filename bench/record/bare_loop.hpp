#pragma once
// The yardstick of the writer: the same rows into tables of the same shape and indexes, with the same
// durability, and none of the writer's work. No triggers, no hashes, no JSON: what it binds was made before.
#include <cstdint>
#include <string>
#include <vector>

namespace runbookd::bench {

/// Lifecycles a second, three steps each (intent; queued; ended with output, and decided), `at_once` of a
/// step in one transaction. `path` is of write_history and is written to; its triggers go.
[[nodiscard]] double bare_lifecycles(const std::string& path, std::int64_t first, std::int64_t count,
                                     std::int64_t at_once);
/// The same through the daemon's record writer.
[[nodiscard]] double our_lifecycles(const std::string& path, std::int64_t first, std::int64_t count,
                                    std::int64_t at_once);

}  // namespace runbookd::bench
