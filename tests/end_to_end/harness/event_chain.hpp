#pragma once
// The event trail's hash chain, recomputed from the documented recipe alone (design section 7), with none of
// the store's code.
#include <string>
#include <vector>

#include "end_to_end/harness/sqlite_reader.hpp"

namespace runbookd::end_to_end {

/// The hash that each event must have; `events` are the rows of the table, from the first on.
[[nodiscard]] std::vector<std::string> hashes_of(const std::vector<Row>& events);
/// Empty: every event's hash is what it must be. Else which one is not.
[[nodiscard]] std::string fault_in_chain(const SqliteReader& store);

}  // namespace runbookd::end_to_end
