#pragma once
// The one writer: a thread that turns queued batches into transactions, all that are queued into one. It
// waits and tries again while the disk refuses; nothing that was handed to it is dropped before close().
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "engine/records.hpp"
#include "ports/notices.hpp"
#include "ports/pruning.hpp"
#include "store/acknowledged_file.hpp"
#include "store/checkpointer.hpp"
#include "store/connection.hpp"
#include "store/notices_writer.hpp"
#include "store/pruner.hpp"
#include "store/record_writer.hpp"

namespace runbookd::store {

class WriterThread {
public:
    /// Both are called on the writer's thread.
    struct Callbacks {
        /// Commits began to fail, fail for another reason, or (empty) succeed again.
        std::function<void(std::string)> on_trouble;
        /// A batch contradicts the store. Nothing after it will be written: the process must end.
        std::function<void(std::string)> on_fatal;
    };

    /// How what is written is proven later.
    struct Proof {
        std::optional<SigningKey> key;  ///< unset: no checkpoint is signed
        AcknowledgedFile acknowledged;
        bool is_restored = false;  ///< nothing is noted as acknowledged before accept_restore()
    };

    /// `path` is for messages.
    WriterThread(std::unique_ptr<Connection> connection, std::string path, Callbacks callbacks, Proof proof);
    ~WriterThread();
    WriterThread(const WriterThread&) = delete;
    WriterThread& operator=(const WriterThread&) = delete;

    /// Any thread. `on_durable` is called on the writer's thread, in the order of submission.
    void submit(engine::Batch batch, std::function<void()> on_durable);
    void submit(ports::NoticeRecord notice, std::function<void()> on_durable);
    /// Any thread. The next commit is noted as acknowledged again, and all after it.
    void accept_restore() { is_restored_ = false; }
    /// Any thread: removes what lies before, a slice at a time, with the groups of commits in between. What
    /// came of it is told on the writer's thread; conflict: another round is under way.
    using OnPruned = std::function<void(Result<ports::PruneCounts>)>;
    void prune(ports::Horizons horizons, UtcTime now, std::string actor, OnPruned on_pruned);
    /// Any thread; empty while commits succeed.
    [[nodiscard]] std::string trouble() const;
    /// Writes what is queued, but waits no longer than `bound` for a disk that refuses; then ends the thread.
    /// Once.
    void close(Millis bound);

private:
    struct Queued {
        engine::Batch batch;
        std::optional<ports::NoticeRecord> notice;
        std::function<void()> on_durable;
    };
    enum class Outcome { durable, refused_by_disk, contradiction };
    struct Attempt {
        Outcome outcome = Outcome::durable;
        std::string message;
    };

    struct PruneRound {
        ports::Horizons horizons;
        UtcTime now{};
        std::string actor;
        OnPruned on_pruned;
    };

    void submit(Queued queued);
    void run();
    /// What is queued, once there is something; empty: nothing, and rows are to be removed. None: time to
    /// end.
    std::optional<std::vector<Queued>> next_group();
    /// Some rows of the round, if there is one.
    void prune_some();
    void end_round(Result<ports::PruneCounts> result);
    void write(std::vector<Queued> group);
    Attempt write_until_durable(std::span<Queued> group);
    Attempt try_commit(std::span<Queued> group);
    /// False: closing, and the time is up.
    bool wait_before_retry(Millis span);
    void set_trouble(const std::string& why);
    void fail_for_good(const std::string& why);
    /// Copies the WAL into the database.
    void checkpoint();
    /// At the end: what was added since the last checkpoint of the chain is signed.
    void sign_rest();

    std::unique_ptr<Connection> connection_;
    RecordWriter records_;
    Checkpointer checkpoints_;
    AcknowledgedFile acknowledged_;
    std::atomic<bool> is_restored_;
    Pruner pruner_;  // writer's thread only
    NoticesWriter notices_;
    std::string path_;
    Callbacks callbacks_;
    int wal_pages_ = 0;        // as of the last commit; writer's thread only
    int looked_at_pages_ = 0;  // when the last checkpoint was tried

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Queued> queue_;        // guarded by mutex_
    std::optional<PruneRound> round_;  // guarded by mutex_
    bool writing_ = false;             // guarded by mutex_: a group is taken from the queue and not done with
    std::string trouble_;              // guarded by mutex_
    bool closing_ = false;             // guarded by mutex_
    bool given_up_ = false;            // guarded by mutex_: closed without waiting any longer
    bool broken_ = false;              // guarded by mutex_: after a contradiction
    std::thread thread_;               // last: it uses all of the above
};

}  // namespace runbookd::store
