#pragma once
// `<database>.acknowledged`: the newest event that is durable, kept outside the database, so that a database
// which was put back to an earlier state is noticed. May lag behind the database after a power cut; is never
// ahead of it.
#include <optional>
#include <string>

#include "base/result.hpp"
#include "store/event_chain.hpp"

namespace runbookd::store {

class AcknowledgedFile {
public:
    /// Creates the file (0640) where there is none. Errors: permission, unavailable.
    [[nodiscard]] static Result<AcknowledgedFile> open(const std::string& database);
    AcknowledgedFile(AcknowledgedFile&& other) noexcept;
    AcknowledgedFile& operator=(AcknowledgedFile&& other) noexcept;
    ~AcknowledgedFile();

    /// What was noted last; unset: nothing, or it cannot be read, and then nothing can be said.
    [[nodiscard]] std::optional<ChainEnd> read() const;
    /// To be called when `end` is durable, before anybody is told. A disk that refuses leaves the note
    /// before: an older note raises no false alarm.
    void note(const ChainEnd& end) noexcept;

private:
    explicit AcknowledgedFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

/// Why the database behind `connection` is older than the note, in one line; empty: it is not.
/// Errors: SQLite::Exception.
[[nodiscard]] std::string older_than_acknowledged(Connection& connection, const AcknowledgedFile& file);

}  // namespace runbookd::store
