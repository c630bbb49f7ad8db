#pragma once
// Reads what is to be told, over a read-only connection of its own. Used by one thread.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/notices.hpp"
#include "store/connection.hpp"

namespace runbookd::store {

class NoticesReader {
public:
    /// Prepares every `notices_*` query, so that a wrong one fails at start.
    explicit NoticesReader(const std::string& path);

    /// As ports::Notices says, blocking.
    [[nodiscard]] Result<ports::TrailPart> unseen_trail(const std::set<std::string>& runbooks);
    [[nodiscard]] Result<std::vector<std::string>> due_targets(UtcTime now);
    [[nodiscard]] Result<std::optional<ports::DueNotice>> next_due(const std::string& to, UtcTime now);
    [[nodiscard]] Result<std::vector<ports::NoticeTrouble>> troubles();

private:
    struct RunKey {
        std::int64_t id = 0;
        std::string uid;
    };
    [[nodiscard]] notices::RunFacts facts_of(const RunKey& run);
    [[nodiscard]] std::vector<notices::Row> rows_of(std::string_view query, const RunKey& run);

    Connection connection_;
};

}  // namespace runbookd::store
