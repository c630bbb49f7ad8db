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

WriterThread::WriterThread(std::unique_ptr<Connection> connection, std::string path, Callbacks callbacks,
                           Proof proof)
    : connection_(std::move(connection)),
      records_(*connection_),
      checkpoints_(*connection_, std::move(proof.key)),
      acknowledged_(std::move(proof.acknowledged)),
      is_restored_(proof.is_restored),
      pruner_(*connection_, records_),
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

void WriterThread::prune(ports::Horizons horizons, UtcTime now, std::string actor, OnPruned on_pruned) {
    {
        const std::lock_guard lock(mutex_);
        if (!round_ && !closing_ && !broken_) {
            round_ = PruneRound{horizons, now, std::move(actor), std::move(on_pruned)};
            on_pruned = nullptr;
        }
    }
    if (on_pruned)
        on_pruned(fail(ErrorCode::conflict, "old rows are being removed already, or runbookd is stopping"));
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
    while (auto group = next_group()) {
        if (!group->empty()) write(std::move(*group));
        prune_some();
        if (wal_pages_ < looked_at_pages_) looked_at_pages_ = 0;  // the WAL began anew
        if (wal_pages_ > kPagesBeforeCheckpoint && wal_pages_ - looked_at_pages_ > kPagesBetweenTries)
            checkpoint();
    }
    end_round(
        fail(ErrorCode::unavailable, "runbookd is stopping; what is old is removed after the next start"));
    sign_rest();
    if (wal_pages_ > 0) checkpoint();
}

void WriterThread::sign_rest() {
    if (!checkpoints_.is_behind(records_.chain_end())) return;
    const auto before = checkpoints_.last();
    try {
        SQLite::Transaction transaction(connection_->database(), SQLite::TransactionBehavior::IMMEDIATE);
        checkpoints_.sign_rest(records_.chain_end());
        transaction.commit();
    } catch (const std::exception&) {
        checkpoints_.rewind(before);  // a disk that refuses: the next start signs them
    }
}

std::optional<std::vector<WriterThread::Queued>> WriterThread::next_group() {
    std::unique_lock lock(mutex_);
    writing_ = false;
    changed_.notify_all();
    const auto awake = [this] { return !queue_.empty() || closing_ || round_.has_value(); };
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
    if (broken_ || (queue_.empty() && closing_)) return std::nullopt;
    writing_ = !queue_.empty();
    return std::exchange(queue_, {});
}

void WriterThread::prune_some() {
    {
        const std::lock_guard lock(mutex_);
        if (!round_ || closing_ || broken_) return;
        if (!pruner_.is_active()) pruner_.begin(round_->horizons, round_->now, round_->actor);
    }
    const auto before = records_.chain_end();
    try {
        pruner_.slice();
        if (!pruner_.is_active()) end_round(pruner_.counts());
    } catch (const std::exception& error) {
        records_.rewind(before);
        pruner_.abandon();
        end_round(fail(ErrorCode::unavailable, "cannot remove old rows of " + path_ + ": " + error.what()));
    }
}

void WriterThread::end_round(Result<ports::PruneCounts> result) {
    std::optional<PruneRound> ended;
    {
        const std::lock_guard lock(mutex_);
        ended = std::exchange(round_, std::nullopt);
    }
    if (ended) ended->on_pruned(std::move(result));
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
            if (!is_restored_) acknowledged_.note(records_.chain_end());
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
    const auto last_signed = checkpoints_.last();
    const auto undo = [&] {
        records_.rewind(before);
        checkpoints_.rewind(last_signed);
    };
    try {
        SQLite::Transaction transaction(connection_->database(), SQLite::TransactionBehavior::IMMEDIATE);
        for (const auto& batch : group) {
            for (const auto& record : batch.batch) records_.write(record);
            if (batch.notice) notices_.write(*batch.notice);
        }
        checkpoints_.after(records_.chain_end());
        transaction.commit();
        return {};
    } catch (const SQLite::Exception& error) {
        undo();
        return {is_contradiction(error) ? Outcome::contradiction : Outcome::refused_by_disk, error.what()};
    } catch (const std::bad_alloc&) {
        undo();
        return {Outcome::refused_by_disk, "out of memory"};
    } catch (const std::exception& error) {
        undo();
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
