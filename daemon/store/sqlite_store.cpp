#include "store/sqlite_store.hpp"

#include <SQLiteCpp/Exception.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "store/acknowledged_file.hpp"
#include "store/facts_reader.hpp"
#include "store/gate.hpp"
#include "store/history_reader.hpp"
#include "store/migrate.hpp"
#include "store/notices_reader.hpp"
#include "store/place.hpp"
#include "store/prune_forecast.hpp"
#include "store/recovery.hpp"
#include "store/writer_thread.hpp"

namespace runbookd::store {
namespace {

namespace asio = boost::asio;

constexpr Millis kPatienceOnExit{5000};

/// The same file under one name, so that two spellings of its path share a lock.
std::string settled_path(const std::string& path) {
    std::error_code unknown;
    const auto settled = std::filesystem::weakly_canonical(std::filesystem::absolute(path), unknown);
    return unknown ? path : settled.string();
}

std::function<void(std::string)> on_loop(const asio::any_io_executor& loop,
                                         std::function<void(const std::string&)> callback) {
    if (!callback) return {};
    return [loop, callback = std::move(callback)](std::string why) {
        asio::post(loop, [callback, why = std::move(why)] { callback(why); });
    };
}

}  // namespace

SqliteStore::SqliteStore(std::string path, asio::any_io_executor loop, StoreCallbacks callbacks,
                         StoreLock lock, std::optional<SigningKey> key, AcknowledgedFile acknowledged)
    : path_(std::move(path)), loop_(std::move(loop)), lock_(std::make_unique<StoreLock>(std::move(lock))) {
    auto connection = std::make_unique<Connection>(path_, Access::read_write);
    back_up_before_migrating(*connection);
    migrate(*connection, SystemClock{}.now().utc);
    restored_ = older_than_acknowledged(*connection, acknowledged);
    reader_ = std::make_unique<HistoryReader>(path_);
    facts_ = std::make_unique<FactsReader>(path_);
    notices_ = std::make_unique<NoticesReader>(path_);
    reading_ = std::make_unique<asio::thread_pool>(1);
    WriterThread::Callbacks on_writer{on_loop(loop_, std::move(callbacks.on_trouble)),
                                      on_loop(loop_, std::move(callbacks.on_fatal))};
    WriterThread::Proof proof{std::move(key), std::move(acknowledged), !restored_.empty()};
    writer_ =
        std::make_unique<WriterThread>(std::move(connection), path_, std::move(on_writer), std::move(proof));
}

SqliteStore::~SqliteStore() { close(kPatienceOnExit); }

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, asio::any_io_executor loop,
                                                       StoreCallbacks callbacks,
                                                       std::optional<SigningKey> key) {
    const auto place = settled_path(path);
    if (const auto made = make_folder_of(place); !made) return tl::unexpected(made.error());
    auto lock = StoreLock::take(place);
    if (!lock) return tl::unexpected(lock.error());
    if (const auto made = make_file(place); !made) return tl::unexpected(made.error());
    if (const auto ours = check_origin(place); !ours) return tl::unexpected(ours.error());
    auto acknowledged = AcknowledgedFile::open(place);
    if (!acknowledged) return tl::unexpected(acknowledged.error());
    try {
        return std::unique_ptr<SqliteStore>(new SqliteStore(place, std::move(loop), std::move(callbacks),
                                                            std::move(*lock), std::move(key),
                                                            std::move(*acknowledged)));
    } catch (const SQLite::Exception& error) {
        return fail(ErrorCode::unavailable, "cannot open the store " + place + ": " + error.what());
    } catch (const std::filesystem::filesystem_error& error) {
        return fail(ErrorCode::unavailable,
                    "cannot back up the store " + place + " before it is migrated: " + error.what());
    }
}

void SqliteStore::accept_restore() {
    restored_.clear();
    writer_->accept_restore();
}

Result<engine::RecoveredState> SqliteStore::load(UtcTime now) {
    try {
        Connection connection(path_, Access::read_only);
        auto state = recover(connection, now);
        if (!restored_.empty()) recover_restore(connection, state);
        return state;
    } catch (const SQLite::Exception& error) {
        return fail(ErrorCode::unavailable, "cannot read the store " + path_ + ": " + error.what());
    }
}

Result<std::vector<engine::LastTargets>> SqliteStore::load_last_targets(
    const std::vector<std::string>& runbooks) {
    try {
        Connection connection(path_, Access::read_only);
        return store::last_targets(connection, runbooks);
    } catch (const SQLite::Exception& error) {
        return fail(ErrorCode::unavailable, "cannot read the store " + path_ + ": " + error.what());
    }
}

asio::awaitable<void> SqliteStore::commit(engine::Batch batch) {
    const auto durable = std::make_shared<Gate>(loop_);
    auto tell = [loop = loop_, durable] { asio::post(loop, [durable] { durable->open(); }); };
    writer_->submit(std::move(batch), std::move(tell));
    co_await durable->wait();
}

std::string SqliteStore::trouble() const { return writer_->trouble(); }

Result<std::vector<runbook::ZoneRules>> SqliteStore::load_zone_rules() {
    try {
        return FactsReader(path_).zone_rules();
    } catch (const SQLite::Exception& error) {
        return fail(ErrorCode::unavailable, "cannot read the store " + path_ + ": " + error.what());
    }
}

template <class T>
asio::awaitable<Result<T>> SqliteStore::read(std::function<Result<T>()> question) {
    const auto done = std::make_shared<Gate>(loop_);
    const auto answer = std::make_shared<std::optional<Result<T>>>();
    auto ask = [loop = loop_, question = std::move(question), done, answer] {
        answer->emplace(question());
        asio::post(loop, [done] { done->open(); });
    };
    asio::post(*reading_, std::move(ask));
    co_await done->wait();
    co_return std::move(**answer);
}

asio::awaitable<Result<ports::Rows>> SqliteStore::query(ports::Query query) {
    std::function<Result<ports::Rows>()> question = [this, query = std::move(query)] {
        return reader_->query(query);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::optional<std::string>>> SqliteStore::output(std::string job, bool of_stderr) {
    std::function<Result<std::optional<std::string>>()> question = [this, job = std::move(job), of_stderr] {
        return reader_->output(job, of_stderr);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::vector<engine::LastTargets>>> SqliteStore::last_targets(
    std::vector<std::string> runbooks) {
    std::function<Result<std::vector<engine::LastTargets>>()> question =
        [this, runbooks = std::move(runbooks)] { return load_last_targets(runbooks); };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::vector<engine::LastSuccess>>> SqliteStore::successes(std::string runbook) {
    engine::Batch nothing;
    co_await commit(std::move(nothing));  // what was queued before it is durable then
    std::function<Result<std::vector<engine::LastSuccess>>()> question =
        [this, runbook = std::move(runbook)]() -> Result<std::vector<engine::LastSuccess>> {
        try {
            Connection connection(path_, Access::read_only);
            return last_successes(connection, runbook);
        } catch (const SQLite::Exception& error) {
            return fail(ErrorCode::unavailable, "cannot read the store " + path_ + ": " + error.what());
        }
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::Rows>> SqliteStore::job_by_uid(std::string uid) {
    std::function<Result<ports::Rows>()> question = [this, uid = std::move(uid)] {
        return reader_->job_by_uid(uid);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::Rows>> SqliteStore::revision(std::string runbook,
                                                           std::optional<std::int64_t> number) {
    std::function<Result<ports::Rows>()> question = [this, runbook = std::move(runbook), number] {
        return reader_->revision(runbook, number);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::Rows>> SqliteStore::coverage(ports::CoverageQuery query) {
    std::function<Result<ports::Rows>()> question = [this, query = std::move(query)] {
        return reader_->coverage(query);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::WhyFacts>> SqliteStore::why(ports::WhyQuery query) {
    std::function<Result<ports::WhyFacts>()> question = [this, query = std::move(query)] {
        return reader_->why(query);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::RunLeftovers>> SqliteStore::leftovers(std::string run) {
    std::function<Result<ports::RunLeftovers>()> question = [this, run = std::move(run)] {
        return reader_->leftovers(run);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::SettledJob>> SqliteStore::settling(std::string job) {
    std::function<Result<ports::SettledJob>()> question = [this, job = std::move(job)] {
        return reader_->settling(job);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::Rows>> SqliteStore::keyed_job(std::string actor, std::string key) {
    std::function<Result<ports::Rows>()> question = [this, actor = std::move(actor), key = std::move(key)] {
        return reader_->keyed_job(actor, key);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::Rows>> SqliteStore::keyed_jobs(ports::KeyedQuery query) {
    std::function<Result<ports::Rows>()> question = [this, query = std::move(query)] {
        return reader_->keyed_jobs(query);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::Rows>> SqliteStore::output_groups(std::string run, std::int64_t limit) {
    std::function<Result<ports::Rows>()> question = [this, run = std::move(run), limit] {
        return reader_->output_groups(run, limit);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::Rows>> SqliteStore::output_devices(std::string run, std::int64_t group,
                                                                 std::int64_t limit) {
    std::function<Result<ports::Rows>()> question = [this, run = std::move(run), group, limit] {
        return reader_->output_devices(run, group, limit);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::Rows>> SqliteStore::collected(ports::CollectedQuery query) {
    std::function<Result<ports::Rows>()> question = [this, query = std::move(query)] {
        return reader_->collected(query);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::PruneCounts>> SqliteStore::prune(ports::Horizons horizons, UtcTime now,
                                                               std::string actor) {
    const auto done = std::make_shared<Gate>(loop_);
    const auto answer = std::make_shared<std::optional<Result<ports::PruneCounts>>>();
    auto tell = [loop = loop_, done, answer](Result<ports::PruneCounts> counts) {
        asio::post(loop, [done, answer, counts = std::move(counts)]() mutable {
            answer->emplace(std::move(counts));
            done->open();
        });
    };
    writer_->prune(horizons, now, std::move(actor), std::move(tell));
    co_await done->wait();
    co_return std::move(**answer);
}

asio::awaitable<Result<ports::PruneCounts>> SqliteStore::would_prune(ports::Horizons horizons) {
    std::function<Result<ports::PruneCounts>()> question = [this, horizons] {
        return prune_forecast(path_, horizons);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::vector<std::string>>> SqliteStore::runbook_names() {
    std::function<Result<std::vector<std::string>>()> question = [this] { return facts_->runbook_names(); };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::vector<verify::RevisionText>>> SqliteStore::revisions(std::string runbook) {
    std::function<Result<std::vector<verify::RevisionText>>()> question =
        [this, runbook = std::move(runbook)] { return facts_->revisions(runbook); };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<verify::Slice>> SqliteStore::slice(std::string runbook, UtcTime from, UtcTime until) {
    std::function<Result<verify::Slice>()> question = [this, runbook = std::move(runbook), from, until] {
        return facts_->slice(runbook, from, until);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::vector<runbook::ZoneRules>>> SqliteStore::zone_rules() {
    std::function<Result<std::vector<runbook::ZoneRules>>()> question = [this] {
        return facts_->zone_rules();
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::optional<UtcTime>>> SqliteStore::pruned_until() {
    std::function<Result<std::optional<UtcTime>>()> question = [this] { return facts_->pruned_until(); };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<ports::TrailPart>> SqliteStore::unseen_trail(std::set<std::string> runbooks) {
    std::function<Result<ports::TrailPart>()> question = [this, runbooks = std::move(runbooks)] {
        return notices_->unseen_trail(runbooks);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::vector<std::string>>> SqliteStore::due_targets(UtcTime now) {
    std::function<Result<std::vector<std::string>>()> question = [this, now] {
        return notices_->due_targets(now);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::optional<ports::DueNotice>>> SqliteStore::next_due(std::string to, UtcTime now) {
    std::function<Result<std::optional<ports::DueNotice>>()> question = [this, to = std::move(to), now] {
        return notices_->next_due(to, now);
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<Result<std::vector<ports::NoticeTrouble>>> SqliteStore::troubles() {
    std::function<Result<std::vector<ports::NoticeTrouble>>()> question = [this] {
        return notices_->troubles();
    };
    co_return co_await read(std::move(question));
}

asio::awaitable<void> SqliteStore::record(ports::NoticeRecord what) {
    const auto durable = std::make_shared<Gate>(loop_);
    auto tell = [loop = loop_, durable] { asio::post(loop, [durable] { durable->open(); }); };
    writer_->submit(std::move(what), std::move(tell));
    co_await durable->wait();
}

void SqliteStore::close(Millis bound) {
    reader_->stop();
    reading_->join();
    writer_->close(bound);
}

}  // namespace runbookd::store
