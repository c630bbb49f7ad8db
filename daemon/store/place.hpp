#pragma once
// Where the database lives: its folder, its file, and the lock that keeps a second daemon out.
#include <string>

#include "base/result.hpp"

namespace runbookd::store {

/// Holds `<database>.lock` until it is destroyed (or the process ends, however it ends). The file stays:
/// removing it would let two processes lock two files of one name.
class StoreLock {
public:
    /// Errors: conflict ("… is in use by another runbookd (pid N)"), permission, unavailable.
    [[nodiscard]] static Result<StoreLock> take(const std::string& database);
    StoreLock(StoreLock&& other) noexcept;
    StoreLock& operator=(StoreLock&& other) noexcept;
    ~StoreLock();

private:
    explicit StoreLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

/// Creates the missing folders of `database` (0750). Errors: permission, unavailable; they name the folder.
[[nodiscard]] Result<void> make_folder_of(const std::string& database);
/// Creates the file (0640; SQLite gives its companions the same mode) where there is none. Errors: as above.
[[nodiscard]] Result<void> make_file(const std::string& database);

}  // namespace runbookd::store
