#pragma once
// What the store's tests share: a folder that goes away, a loop to wait on, and records to write.
#include <SQLiteCpp/Database.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/records.hpp"
#include "store/sqlite_store.hpp"
#include "temp_folder.hpp"

namespace runbookd::store_test {

using testing::TempFolder;

/// A store in a folder of its own, and the loop that it resumes on.
class OpenStore {
public:
    explicit OpenStore(std::string path, store::StoreCallbacks callbacks = {},
                       std::optional<store::SigningKey> key = {});
    [[nodiscard]] store::SqliteStore& store() { return *store_; }
    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }

    /// Waits until the batch is durable.
    void commit(engine::Batch batch);
    /// Waits for a coroutine's result; rethrows what it throws.
    template <class T>
    T wait_for(boost::asio::awaitable<T> task);
    /// Runs the loop until `done` says so; fails the test after 20 s.
    void run_until(const std::function<bool()>& done);
    Result<ports::Rows> query(ports::Query query);
    void close() { store_.reset(); }

private:
    std::string path_;
    boost::asio::io_context loop_;
    std::unique_ptr<store::SqliteStore> store_;
};

/// What a plain reader of the file sees: rows as text, columns joined by `|`, NULL as `NULL`.
std::vector<std::string> rows(const std::string& database, const std::string& sql);
std::string one(const std::string& database, const std::string& sql);

bool contains(const std::string& text, const std::string& part);

ports::Query ask(ports::View view, const std::function<void(ports::Query&)>& narrow = {});

/// 2026-12-01T02:00:00.000Z and `ms` after it.
UtcTime at(std::int64_t ms = 0);

engine::RevisionEffective revision(const std::string& runbook = "clean", std::int64_t number = 1);
engine::RunPlanned planned(const std::string& run = "01RUN");
/// Targets d1 … dn on site s1.
engine::RunStarted started(int targets, const std::string& run = "01RUN");
engine::JobCreated created(const std::string& job = "01JOB", const std::string& device = "d1",
                           const std::string& run = "01RUN");
engine::JobChanged changed(engine::JobStatus status, const std::string& job = "01JOB");
engine::TargetDecided decided(engine::Disposition disposition, const std::string& device = "d1",
                              const std::string& run = "01RUN");
engine::RunFinished finished(const std::string& run = "01RUN");

}  // namespace runbookd::store_test

template <class T>
T runbookd::store_test::OpenStore::wait_for(boost::asio::awaitable<T> task) {
    std::optional<T> value;
    std::exception_ptr error;
    boost::asio::co_spawn(loop_, std::move(task), [&](std::exception_ptr thrown, T result) {
        error = thrown;
        value = std::move(result);
    });
    run_until([&] { return value.has_value(); });
    if (error) std::rethrow_exception(error);
    return std::move(*value);
}
