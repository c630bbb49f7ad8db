#include "store/power_cut.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <new>
#include <random>
#include <stdexcept>

namespace runbookd::store_test {
namespace {

constexpr std::size_t kSector = 512;

struct ShimFile : sqlite3_file {
    PowerCut* disk;
    const char* path;  // SQLite keeps it while the file is open
    sqlite3_file* real;
};

ShimFile& shim(sqlite3_file* file) { return *static_cast<ShimFile*>(file); }

std::int64_t size_of(sqlite3_file* real) {
    sqlite3_int64 size = 0;
    real->pMethods->xFileSize(real, &size);
    return size;
}

std::string bytes_of(sqlite3_file* real, std::int64_t offset, std::int64_t end) {
    std::string bytes(static_cast<std::size_t>(std::max<std::int64_t>(end - offset, 0)), '\0');
    if (!bytes.empty()) real->pMethods->xRead(real, bytes.data(), static_cast<int>(bytes.size()), offset);
    return bytes;
}

int close_file(sqlite3_file* file) { return shim(file).real->pMethods->xClose(shim(file).real); }

int read_file(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
    return shim(file).real->pMethods->xRead(shim(file).real, to, amount, offset);
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
    auto& self = shim(file);
    if (const int refusal = self.disk->begin_change(); refusal != SQLITE_OK) return refusal;
    PowerCut::Change change;
    change.offset = offset;
    change.size_before = size_of(self.real);
    change.before = bytes_of(self.real, offset, std::min<std::int64_t>(offset + amount, change.size_before));
    change.after.assign(static_cast<const char*>(from), static_cast<std::size_t>(amount));
    self.disk->unsynced(self.path).push_back(std::move(change));
    const int code = self.real->pMethods->xWrite(self.real, from, amount, offset);
    return self.disk->is_cut() ? SQLITE_IOERR_WRITE : code;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    auto& self = shim(file);
    if (const int refusal = self.disk->begin_change(); refusal != SQLITE_OK) return refusal;
    PowerCut::Change change;
    change.is_truncation = true;
    change.offset = size;
    change.size_before = size_of(self.real);
    change.before = bytes_of(self.real, size, change.size_before);
    self.disk->unsynced(self.path).push_back(std::move(change));
    const int code = self.real->pMethods->xTruncate(self.real, size);
    return self.disk->is_cut() ? SQLITE_IOERR_TRUNCATE : code;
}

int sync_file(sqlite3_file* file, int) {
    auto& self = shim(file);
    if (const int refusal = self.disk->begin_change(); refusal != SQLITE_OK) return refusal;
    if (self.disk->is_cut()) return SQLITE_IOERR_FSYNC;
    // The real files are in memory or on a disk that nobody unplugs: what counts is that it was asked for.
    self.disk->unsynced(self.path).clear();
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return shim(file).real->pMethods->xFileSize(shim(file).real, size);
}
int lock_file(sqlite3_file* file, int level) {
    return shim(file).real->pMethods->xLock(shim(file).real, level);
}
int unlock_file(sqlite3_file* file, int level) {
    return shim(file).real->pMethods->xUnlock(shim(file).real, level);
}
int is_reserved(sqlite3_file* file, int* out) {
    return shim(file).real->pMethods->xCheckReservedLock(shim(file).real, out);
}
int control_file(sqlite3_file* file, int what, void* argument) {
    return shim(file).real->pMethods->xFileControl(shim(file).real, what, argument);
}
int sector_size(sqlite3_file*) { return static_cast<int>(kSector); }
int characteristics(sqlite3_file*) { return 0; }
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    return shim(file).real->pMethods->xShmMap(shim(file).real, page, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return shim(file).real->pMethods->xShmLock(shim(file).real, offset, count, flags);
}
void shared_barrier(sqlite3_file* file) { shim(file).real->pMethods->xShmBarrier(shim(file).real); }
int unmap_shared(sqlite3_file* file, int is_deleted) {
    return shim(file).real->pMethods->xShmUnmap(shim(file).real, is_deleted);
}

const sqlite3_io_methods kMethods{
    2,           close_file,     read_file,    write_file,   truncate_file, sync_file,       file_size,
    lock_file,   unlock_file,    is_reserved,  control_file, sector_size,   characteristics, map_shared,
    lock_shared, shared_barrier, unmap_shared, nullptr,      nullptr};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
    auto* const disk = static_cast<PowerCut*>(vfs->pAppData);
    auto* const real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(file) + sizeof(ShimFile));
    file->pMethods = nullptr;
    const int code = disk->real()->xOpen(disk->real(), path, real, flags, flags_out);
    const bool is_kept =
        path != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    if (code != SQLITE_OK) return code;
    auto* const made = ::new (static_cast<void*>(file)) ShimFile{};
    made->disk = disk;
    made->path = is_kept ? path : "";
    made->real = real;
    made->pMethods = &kMethods;
    return SQLITE_OK;
}

/// A file of the restarting machine.
class Raw {
public:
    explicit Raw(const std::string& path) : descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {}
    ~Raw() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;

    [[nodiscard]] bool is_there() const { return descriptor_ >= 0; }
    void put(std::string_view bytes, std::int64_t offset) const {
        if (::pwrite(descriptor_, bytes.data(), bytes.size(), offset) != static_cast<ssize_t>(bytes.size()))
            throw std::runtime_error("cannot write in a test");
    }
    void resize(std::int64_t size) const {
        if (::ftruncate(descriptor_, size) != 0) throw std::runtime_error("cannot truncate in a test");
    }

private:
    int descriptor_;
};

void undo(const Raw& file, const std::vector<PowerCut::Change>& changes) {
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        if (change->is_truncation) file.resize(change->size_before);
        file.put(change->before, change->offset);
        file.resize(change->size_before);
    }
}

void redo_some(const Raw& file, const std::vector<PowerCut::Change>& changes, std::mt19937_64& random) {
    const auto survives = [&] { return random() % 2 == 0; };
    for (const auto& change : changes) {
        if (change.is_truncation) {
            if (survives()) file.resize(change.offset);
            continue;
        }
        const std::string_view bytes = change.after;
        for (std::size_t at = 0; at < bytes.size(); at += kSector)
            if (survives())
                file.put(bytes.substr(at, kSector), change.offset + static_cast<std::int64_t>(at));
    }
}

}  // namespace

PowerCut::PowerCut() : real_(sqlite3_vfs_find(nullptr)) {
    shim_ = *real_;
    shim_.zName = "power-cut";
    shim_.szOsFile = static_cast<int>(sizeof(ShimFile)) + real_->szOsFile;
    shim_.pNext = nullptr;
    shim_.pAppData = this;
    shim_.xOpen = open_file;
    sqlite3_vfs_register(&shim_, 1);
}

PowerCut::~PowerCut() {
    sqlite3_vfs_unregister(&shim_);
    sqlite3_vfs_register(real_, 1);
}

void PowerCut::arm(int nth, int code) {
    left_ = nth;
    code_ = code;
    is_cut_ = has_happened_ = false;
}

int PowerCut::begin_change() {
    if (is_cut_) return SQLITE_IOERR;
    if (left_ == 0 || --left_ > 0) return SQLITE_OK;
    has_happened_ = true;
    is_cut_ = code_ == SQLITE_OK;
    return code_;
}

void PowerCut::restart(Unsynced unsynced, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (const auto& [path, changes] : unsynced_) {
        const Raw file(path);
        if (!file.is_there()) continue;
        if (unsynced != Unsynced::kept) undo(file, changes);
        if (unsynced == Unsynced::shuffled) redo_some(file, changes, random);
        std::filesystem::remove(path + "-shm");
    }
    unsynced_.clear();
    left_ = 0;
    is_cut_ = false;
}

}  // namespace runbookd::store_test
