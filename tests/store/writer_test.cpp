// The writer's thread: order, group commit, and a disk that refuses for a while.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

engine::Batch note(const std::string& kind) {
    return {engine::Noted{"daemon", "", kind, "", {{"padding", std::string(4000, 'x')}}, at()}};
}

/// Transactions in the WAL: the frames that carry the size of the database (sqlite.org/fileformat2.html, 4.1)
/// under the current salt.
int transactions_in_wal(const std::string& database) {
    std::ifstream file(database + "-wal", std::ios::binary);
    const std::string wal((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    constexpr std::size_t kHeader = 32;
    constexpr std::size_t kFrame = 24 + 4096;
    int count = 0;
    for (auto at = kHeader; at + kFrame <= wal.size(); at += kFrame) {
        if (wal.compare(at + 8, 8, wal, 16, 8) != 0) break;
        if (wal.compare(at + 4, 4, std::string(4, '\0')) != 0) ++count;
    }
    return count;
}

/// While it lives, no file of this process grows beyond `bytes`: as a full disk.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        auto limit = before_;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit before_{};
};

TEST_CASE("batches that queue up share a transaction and resume in order", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    OpenStore open(database);
    const auto before = transactions_in_wal(database);
    std::vector<int> resumed;
    {
        SQLite::Database other(database, SQLite::OPEN_READWRITE);
        other.exec("BEGIN IMMEDIATE");
        for (int i = 0; i < 50; ++i) {
            boost::asio::co_spawn(open.loop(), open.store().commit(note("n" + std::to_string(i))),
                                  [&resumed, i](std::exception_ptr) { resumed.push_back(i); });
        }
        open.loop().run_for(std::chrono::milliseconds{100});
        CHECK(resumed.empty());
        other.exec("ROLLBACK");
    }
    open.run_until([&] { return resumed.size() == 50; });
    CHECK(std::is_sorted(resumed.begin(), resumed.end()));
    CHECK(transactions_in_wal(database) - before <= 2);
    CHECK(rows(database, "SELECT kind FROM event_trail ORDER BY seq LIMIT 3") ==
          std::vector<std::string>{"n0", "n1", "n2"});
}

TEST_CASE("a full disk is a state that passes, and nothing is lost", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    std::vector<std::string> told;
    OpenStore open(database, {[&](const std::string& why) { told.push_back(why); }, {}});
    open.commit(note("before"));
    int durable = 0;
    const auto count = [&](std::exception_ptr) { ++durable; };
    {
        const FullDisk full(std::filesystem::file_size(database + "-wal") + 4096);
        for (int i = 0; i < 5; ++i) {
            boost::asio::co_spawn(open.loop(), open.store().commit(note("during")), count);
        }
        open.run_until([&] { return !told.empty(); });
        CHECK(durable == 0);
        CHECK(contains(open.store().trouble(), "cannot write " + database));
        CHECK(one(database, "SELECT count(*) FROM event_trail") == "1");
        const auto asked = open.query(ask(ports::View::events));
        CHECK(asked->rows.size() == 1);
    }
    open.run_until([&] { return durable == 5; });
    open.run_until([&] { return told.size() == 2; });
    CHECK(told.back().empty());
    CHECK(open.store().trouble().empty());
    CHECK(one(database, "SELECT count(*), max(seq) FROM event_trail") == "6|6");
}

TEST_CASE("closing writes what is queued, and does not wait for ever for a disk that refuses", "[store]") {
    TempFolder folder;
    const auto database = folder.file("audit.db").string();
    {
        OpenStore open(database);
        for (int i = 0; i < 20; ++i) {
            boost::asio::co_spawn(open.loop(), open.store().commit(note("queued")),
                                  [](std::exception_ptr) {});
        }
        open.loop().poll();
        open.store().close(Millis{5000});
    }
    CHECK(one(database, "SELECT count(*) FROM event_trail") == "20");
    {
        OpenStore open(database);
        const FullDisk full(4096);
        boost::asio::co_spawn(open.loop(), open.store().commit(note("lost")), [](std::exception_ptr) {});
        open.run_until([&] { return !open.store().trouble().empty(); });
        open.store().close(Millis{50});
    }
    CHECK(one(database, "SELECT count(*) FROM event_trail") == "20");
}

}  // namespace
}  // namespace runbookd::store_test
