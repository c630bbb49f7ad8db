#pragma once
// The SQL of db/, embedded when the program was built. Each text is named after its file.
#include <span>
#include <string_view>

namespace runbookd::store {

struct NamedSql {
    std::string_view name;  ///< the file's name without `.sql`
    std::string_view text;
};

/// In the order in which they are applied; the n-th makes schema version n.
[[nodiscard]] std::span<const NamedSql> migrations();
/// `write_*` for the writer, `history_*` for readers, `recover_*` for the start.
[[nodiscard]] std::span<const NamedSql> queries();
/// The text of one query. Asking for one that does not exist is a mistake in this room (std::logic_error).
[[nodiscard]] std::string_view query_text(std::string_view name);

}  // namespace runbookd::store
