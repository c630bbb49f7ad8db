#include "store/output_rows.hpp"

#include "store/visible_text.hpp"

namespace runbookd::store {
namespace {

std::optional<std::int64_t> find_output(Connection& connection, const Sha256& hash) {
    Execution find(connection.statement("write_output_id"));
    find.bind(":sha256", hash);
    if (!find.step()) return std::nullopt;
    return find.integer(0);
}

std::int64_t add_output(Connection& connection, const Sha256& hash, const std::string& exact) {
    const auto text = visible_text(exact);
    Execution insert(connection.statement("write_output"));
    insert.bind(":sha256", hash).bind(":bytes", static_cast<std::int64_t>(exact.size())).bind(":text", text);
    if (text == exact) {
        insert.bind_null(":exact");
    } else {
        insert.bind_blob(":exact", exact);
    }
    insert.run();
    return connection.database().getLastInsertRowid();
}

}  // namespace

std::optional<StoredOutput> store_output(Connection& connection,
                                         const std::optional<engine::OutputText>& output) {
    if (!output) return std::nullopt;
    const auto hash = sha256(output->text);
    const auto found = find_output(connection, hash);
    const auto id = found ? *found : add_output(connection, hash, output->text);
    return StoredOutput{id, hash, output->truncated ? 1 : 0};
}

}  // namespace runbookd::store
