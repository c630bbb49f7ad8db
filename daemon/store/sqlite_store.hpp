#pragma once
// The record in SQLite: what happened is written by one thread, read by another, and neither blocks the loop.
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/recovered.hpp"
#include "ports/history.hpp"
#include "ports/notices.hpp"
#include "ports/pruning.hpp"
#include "ports/recorded_facts.hpp"
#include "ports/store.hpp"
#include "store/signature.hpp"

namespace boost::asio {
class thread_pool;
}

namespace runbookd::store {

class AcknowledgedFile;
class FactsReader;
class HistoryReader;
class NoticesReader;
class StoreLock;
class WriterThread;

/// All are called on the loop; each may be empty.
struct StoreCallbacks {
    /// Commits began to fail (one line that says why), fail for another reason, or, with an empty text,
    /// succeed again.
    std::function<void(const std::string& why)> on_trouble;
    /// A batch contradicts what is stored: a mistake in the program. Nothing after it is written, and its
    /// commit and all later ones never resume: the process must say so and end; the next start takes up what
    /// is durable.
    std::function<void(const std::string& why)> on_fatal;
};

class SqliteStore final : public ports::Store,
                          public ports::History,
                          public ports::RecordedFacts,
                          public ports::Pruning,
                          public ports::Notices {
public:
    /// Blocking: for the start. Creates folder (0750) and file (0640) where there are none, locks the store
    /// for this process, and brings the schema to this version. With a key, checkpoints of the audit trail
    /// are signed: docs/decisions/0020. `loop` must not be destroyed before close(). Errors, each one line:
    /// conflict (in use; made by a newer version; another program's), permission, invalid_input (not a
    /// database), unavailable (disk).
    [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                                   boost::asio::any_io_executor loop,
                                                                   StoreCallbacks callbacks = {},
                                                                   std::optional<SigningKey> key = {});
    ~SqliteStore() override;
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    /// Why the store is older than the last write that was acknowledged, as found by open(), in one line;
    /// empty: it is not. What is written meanwhile is not noted as acknowledged, so that the next start finds
    /// the same.
    [[nodiscard]] const std::string& restored() const { return restored_; }
    /// A person has said that the store is the one to go on from.
    void accept_restore();

    /// Blocking: what a start at the wall time `now` takes up. Errors: unavailable.
    [[nodiscard]] Result<engine::RecoveredState> load(UtcTime now);
    /// Blocking: as last_targets(), for the start.
    [[nodiscard]] Result<std::vector<engine::LastTargets>> load_last_targets(
        const std::vector<std::string>& runbooks);
    /// What the guards of these runbooks compare with. Errors: unavailable.
    boost::asio::awaitable<Result<std::vector<engine::LastTargets>>> last_targets(
        std::vector<std::string> runbooks);
    /// Blocking: as zone_rules(), for the start.
    [[nodiscard]] Result<std::vector<runbook::ZoneRules>> load_zone_rules();

    boost::asio::awaitable<void> commit(engine::Batch batch) override;
    boost::asio::awaitable<Result<std::vector<engine::LastSuccess>>> successes(std::string runbook) override;
    [[nodiscard]] std::string trouble() const override;

    boost::asio::awaitable<Result<ports::Rows>> query(ports::Query query) override;
    boost::asio::awaitable<Result<std::optional<std::string>>> output(std::string job,
                                                                      bool of_stderr) override;
    boost::asio::awaitable<Result<ports::Rows>> job_by_uid(std::string uid) override;
    boost::asio::awaitable<Result<ports::Rows>> revision(std::string runbook,
                                                         std::optional<std::int64_t> number) override;
    boost::asio::awaitable<Result<ports::Rows>> coverage(ports::CoverageQuery query) override;
    boost::asio::awaitable<Result<ports::WhyFacts>> why(ports::WhyQuery query) override;
    boost::asio::awaitable<Result<ports::RunLeftovers>> leftovers(std::string run) override;
    boost::asio::awaitable<Result<ports::SettledJob>> settling(std::string job) override;
    boost::asio::awaitable<Result<ports::Rows>> keyed_job(std::string actor, std::string key) override;
    boost::asio::awaitable<Result<ports::Rows>> keyed_jobs(ports::KeyedQuery query) override;

    boost::asio::awaitable<Result<ports::Rows>> output_groups(std::string run, std::int64_t limit) override;
    boost::asio::awaitable<Result<ports::Rows>> output_devices(std::string run, std::int64_t group,
                                                               std::int64_t limit) override;
    boost::asio::awaitable<Result<ports::Rows>> collected(ports::CollectedQuery query) override;

    boost::asio::awaitable<Result<ports::PruneCounts>> prune(ports::Horizons horizons, UtcTime now,
                                                             std::string actor) override;
    boost::asio::awaitable<Result<ports::PruneCounts>> would_prune(ports::Horizons horizons) override;

    boost::asio::awaitable<Result<std::vector<std::string>>> runbook_names() override;
    boost::asio::awaitable<Result<std::vector<verify::RevisionText>>> revisions(std::string runbook) override;
    boost::asio::awaitable<Result<verify::Slice>> slice(std::string runbook, UtcTime from,
                                                        UtcTime until) override;
    boost::asio::awaitable<Result<std::vector<runbook::ZoneRules>>> zone_rules() override;
    boost::asio::awaitable<Result<std::optional<UtcTime>>> pruned_until() override;

    boost::asio::awaitable<Result<ports::TrailPart>> unseen_trail(std::set<std::string> runbooks) override;
    boost::asio::awaitable<Result<std::vector<std::string>>> due_targets(UtcTime now) override;
    boost::asio::awaitable<Result<std::optional<ports::DueNotice>>> next_due(std::string to,
                                                                             UtcTime now) override;
    boost::asio::awaitable<Result<std::vector<ports::NoticeTrouble>>> troubles() override;
    boost::asio::awaitable<void> record(ports::NoticeRecord what) override;

    /// Blocking: writes what is queued (waiting up to `bound` for a disk that refuses) and ends both threads.
    /// Commits that were not durable by then never resume. The destructor does it with a bound of 5 s, then
    /// frees the lock.
    void close(Millis bound);

private:
    SqliteStore(std::string path, boost::asio::any_io_executor loop, StoreCallbacks callbacks, StoreLock lock,
                std::optional<SigningKey> key, AcknowledgedFile acknowledged);
    /// Asks on the reader's thread.
    template <class T>
    boost::asio::awaitable<Result<T>> read(std::function<Result<T>()> question);

    std::string path_;
    std::string restored_;
    boost::asio::any_io_executor loop_;
    std::unique_ptr<StoreLock> lock_;  // taken first, freed last
    std::unique_ptr<WriterThread> writer_;
    std::unique_ptr<HistoryReader> reader_;
    std::unique_ptr<FactsReader> facts_;
    std::unique_ptr<NoticesReader> notices_;
    std::unique_ptr<boost::asio::thread_pool> reading_;  // one thread: the readers'
};

}  // namespace runbookd::store
