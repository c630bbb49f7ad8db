#pragma once
// A disk whose power can be cut, or that can refuse once, at the nth write: a VFS of SQLite for tests,
// between it and the real files. Single-threaded.
#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace runbookd::store_test {

/// What becomes of writes that no sync had confirmed when the power went.
enum class Unsynced {
    lost,
    kept,
    shuffled,  ///< some sectors of some writes, chosen by the seed: lost, torn and out of order
};

/// While it lives, every database that is opened is on this disk. One at a time.
class PowerCut {
public:
    PowerCut();
    ~PowerCut();
    PowerCut(const PowerCut&) = delete;
    PowerCut& operator=(const PowerCut&) = delete;

    /// The nth write, truncation or sync from now on (from 1) is the last that is begun: it and all that
    /// follow fail.
    void cut_at(int nth) { arm(nth, SQLITE_OK); }
    /// The nth fails with this code, once, and does nothing.
    void refuse_at(int nth, int code) { arm(nth, code); }
    /// Whether it came to that.
    [[nodiscard]] bool has_happened() const { return has_happened_; }
    /// With the files closed: leaves them as a machine finds them after the cut. What is shared in memory is
    /// gone.
    void restart(Unsynced unsynced, std::uint64_t seed);

    // For the VFS's functions.
    struct Change {
        bool is_truncation = false;
        std::int64_t offset = 0;  // of a truncation: the new size
        std::int64_t size_before = 0;
        std::string before, after;  // the bytes there
    };
    /// SQLITE_OK: go on.
    [[nodiscard]] int begin_change();
    [[nodiscard]] bool is_cut() const { return is_cut_; }
    std::vector<Change>& unsynced(const std::string& path) { return unsynced_[path]; }
    [[nodiscard]] sqlite3_vfs* real() const { return real_; }

private:
    void arm(int nth, int code);

    sqlite3_vfs* real_;
    sqlite3_vfs shim_{};
    std::map<std::string, std::vector<Change>> unsynced_;
    int left_ = 0;  // changes until it happens; 0: never
    int code_ = SQLITE_OK;
    bool is_cut_ = false;
    bool has_happened_ = false;
};

}  // namespace runbookd::store_test
