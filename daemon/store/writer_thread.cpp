#include "store/writer_thread.hpp"

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

namespace runbookd::store {
namespace {

constexpr Millis kFirstRetry{100};
constexpr Millis kLastRetry{5000};
constexpr Millis kIdleBeforeCheckpoint{2000};
// 16 MiB of WAL: a checkpoint is worth its time, and a reader's look-ups stay quick.
constexpr int kPagesBeforeCheckpoint = 4000;
constexpr int kPagesBetweenTries = 1000;

/// Whether SQLite complains about what was asked (our mistake), and not about the disk, the file or another
/// program.
bool is_contradiction(const SQLite::Exception& error) {
    switch (error.getErrorCode()) {
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
        case SQLITE_MISUSE:
        case SQLITE_TOOBIG:
        case SQLITE_ERROR: return true;
        default: return false;
    }
}

int remember_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

WriterThread::WriterThread(std::unique_ptr<Connection> connection, std::string path, Callbacks callbacks)
    : connection_(std::move(connection)),
      records_(*connection_),
      notices_(*connection_, records_),
      path_(std::move(path)),
      callbacks_(std::move(callbacks)) {
    sqlite3_wal_hook(connection_->database().getHandle(), remember_pages, &wal_pages_);
    thread_ = std::thread([this] { run(); });
}

WriterThread::~WriterThread() { close(Millis{0}); }

void WriterThread::submit(engine::Batch batch, std::function<void()> on_durable) {
    submit(Queued{std::move(batch), std::nullopt, std::move(on_durable)});
}

void WriterThread::submit(ports::NoticeRecord notice, std::function<void()> on_durable) {
    submit(Queued{{}, std::move(notice), std::move(on_durable)});
}

void WriterThread::submit(Queued queued) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(queued));
    }
    changed_.notify_one();
}

std::string WriterThread::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

void WriterThread::close(Millis bound) {
    if (!thread_.joinable()) return;
    {
        std::unique_lock lock(mutex_);
        closing_ = true;
        changed_.notify_all();
        // The thread says so when it has written everything; a disk that refuses must not hold up the
        // shutdown.
        if (!changed_.wait_for(lock, bound, [this] { return broken_ || (queue_.empty() && !writing_); })) {
            given_up_ = true;
            changed_.notify_all();
        }
    }
    thread_.join();
}

void WriterThread::run() {
    for (auto group = next_group(); !group.empty(); group = next_group()) {
        write(std::move(group));
        if (wal_pages_ < looked_at_pages_) looked_at_pages_ = 0;  // the WAL began anew
        if (wal_pages_ > kPagesBeforeCheckpoint && wal_pages_ - looked_at_pages_ > kPagesBetweenTries)
            checkpoint();
    }
    if (wal_pages_ > 0) checkpoint();
}

std::vector<WriterThread::Queued> WriterThread::next_group() {
    std::unique_lock lock(mutex_);
    writing_ = false;
    changed_.notify_all();
    const auto awake = [this] { return !queue_.empty() || closing_; };
    while (!awake()) {
        if (wal_pages_ == 0) {
            changed_.wait(lock, awake);
        } else if (!changed_.wait_for(lock, kIdleBeforeCheckpoint, awake)) {
            lock.unlock();
            checkpoint();
            wal_pages_ = 0;
            lock.lock();
        }
    }
    if (broken_) return {};
    writing_ = !queue_.empty();
    return std::exchange(queue_, {});
}

void WriterThread::write(std::vector<Queued> group) {
    auto attempt = write_until_durable(group);
    if (attempt.outcome != Outcome::contradiction || group.size() == 1) {
        if (attempt.outcome == Outcome::contradiction) fail_for_good(attempt.message);
        return;
    }
    // One of them is at fault; those before it still become durable.
    for (auto& batch : group) {
        attempt = write_until_durable(std::span(&batch, 1));
        if (attempt.outcome == Outcome::contradiction) fail_for_good(attempt.message);
        if (attempt.outcome != Outcome::durable) return;
    }
}

WriterThread::Attempt WriterThread::write_until_durable(std::span<Queued> group) {
    for (auto pause = kFirstRetry;; pause = std::min(2 * pause, kLastRetry)) {
        auto attempt = try_commit(group);
        if (attempt.outcome == Outcome::durable) {
            set_trouble("");
            for (const auto& batch : group) batch.on_durable();
        }
        if (attempt.outcome != Outcome::refused_by_disk) return attempt;
        set_trouble("cannot write " + path_ + ": " + attempt.message + "; nothing is lost, trying again");
        if (!wait_before_retry(pause)) return attempt;
    }
}

WriterThread::Attempt WriterThread::try_commit(std::span<Queued> group) {
    const auto before = records_.chain_end();
    try {
        SQLite::Transaction transaction(connection_->database(), SQLite::TransactionBehavior::IMMEDIATE);
        for (const auto& batch : group) {
            for (const auto& record : batch.batch) records_.write(record);
            if (batch.notice) notices_.write(*batch.notice);
        }
        transaction.commit();
        return {};
    } catch (const SQLite::Exception& error) {
        records_.rewind(before);
        return {is_contradiction(error) ? Outcome::contradiction : Outcome::refused_by_disk, error.what()};
    } catch (const std::bad_alloc&) {
        records_.rewind(before);
        return {Outcome::refused_by_disk, "out of memory"};
    } catch (const std::exception& error) {
        records_.rewind(before);
        return {Outcome::contradiction, error.what()};
    }
}

bool WriterThread::wait_before_retry(Millis span) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, span, [this] { return given_up_; });
}

void WriterThread::set_trouble(const std::string& why) {
    {
        const std::lock_guard lock(mutex_);
        if (trouble_ == why) return;
        trouble_ = why;
    }
    changed_.notify_all();
    if (callbacks_.on_trouble) callbacks_.on_trouble(why);
}

void WriterThread::fail_for_good(const std::string& why) {
    const auto message = "a record contradicts " + path_ + " and was not written: " + why +
                         "; this is a mistake in runbookd, please report it";
    {
        const std::lock_guard lock(mutex_);
        broken_ = true;
        trouble_ = message;
    }
    changed_.notify_all();
    if (callbacks_.on_fatal) callbacks_.on_fatal(message);
}

void WriterThread::checkpoint() {
    // Passive: never waits for a reader. What it cannot copy now it copies the next time.
    sqlite3_wal_checkpoint_v2(connection_->database().getHandle(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr,
                              nullptr);
    looked_at_pages_ = wal_pages_;
}

}  // namespace runbookd::store
