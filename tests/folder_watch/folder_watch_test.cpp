// Real folders and real inotify; the time is the test's.
#include "folder_watch/folder_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <string>

#include "catch.hpp"
#include "folder_watch/way.hpp"
#include "temp_folder.hpp"

namespace runbookd::folder_watch {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::TempFolder;

/// Stands in the past of the machine's clock, so that the operating system's timer is due at once.
class HandClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return now_; }
    void pass(Millis span) {
        now_.utc += span;
        now_.steady += span;
    }

private:
    Instant now_{UtcTime{hours{24}}, SteadyTime{Millis{10}}};
};

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

struct Bed {
    TempFolder folder;
    HandClock clock;
    asio::io_context loop;
    timer_wheel::TimerWheel wheel{async::to_tick(clock.now().steady)};
    async::Timers timers{loop.get_executor(), clock, wheel};
    async::TaskGroup tasks{loop.get_executor(),
                           [](const std::string&, std::exception_ptr) { FAIL("threw"); }};
    int changes = 0, deaf = 0;
    fs::path place;
    std::unique_ptr<FolderWatch> watch;

    explicit Bed(const std::string& name = "runbooks.d") : place(folder.file(name)) {
        fs::create_directories(folder.file("runbooks.d"));
    }
    ~Bed() {
        tasks.cancel();
        turn();
        CHECK(tasks.size() == 0);
    }
    void start() {
        watch = std::make_unique<FolderWatch>(
            timers, clock, place,
            FolderWatch::Callbacks{[this] { ++changes; }, [this](const std::string&) { ++deaf; }});
        watch->start(tasks);
        pass(seconds{2});
        CHECK(changes == 0);
    }
    void turn() {
        for (int i = 0; i < 12; ++i) {
            loop.restart();
            loop.poll_one();
        }
    }
    /// In steps: what is due in between happens in between.
    void pass(Millis span) {
        constexpr Millis kStep{100};
        turn();
        for (; span > Millis{0}; span -= kStep) {
            clock.pass(kStep);
            turn();
        }
    }
};

}  // namespace

TEST_CASE("a file that is written, replaced or removed is one change, once it is quiet", "[folder_watch]") {
    Bed bed;
    bed.start();
    write(bed.place / "a.yaml", "one");
    write(bed.place / "b.yaml", "two");
    bed.pass(Millis{300});
    CHECK(bed.changes == 0);
    bed.pass(seconds{2});
    CHECK(bed.changes == 1);
    write(bed.place / ".a.yaml.new", "three");
    fs::rename(bed.place / ".a.yaml.new", bed.place / "a.yaml");
    bed.pass(seconds{2});
    CHECK(bed.changes == 2);
    fs::remove(bed.place / "b.yaml");
    bed.pass(seconds{2});
    CHECK(bed.changes == 3);
    fs::permissions(bed.place / "a.yaml", fs::perms::none);
    bed.pass(seconds{2});
    CHECK(bed.changes == 4);
    bed.pass(minutes{3});
    CHECK(bed.changes == 4);
}

TEST_CASE("what is no runbook changes nothing", "[folder_watch]") {
    Bed bed;
    bed.start();
    write(bed.place / ".a.yaml.swp", "x");
    write(bed.place / "README", "x");
    fs::create_directories(bed.place / "sub.d");
    write(bed.folder.file("else.yaml"), "x");
    bed.pass(seconds{5});
    CHECK(bed.changes == 0);
}

TEST_CASE("a file that is still being written is waited for, but not for ever", "[folder_watch]") {
    Bed bed;
    bed.start();
    {
        std::ofstream slow(bed.place / "slow.yaml");
        slow << "targets:" << std::flush;
        bed.pass(seconds{20});
        slow << " {all: true}" << std::flush;
        bed.pass(seconds{20});
        CHECK(bed.changes == 0);
    }
    bed.pass(seconds{2});
    CHECK(bed.changes == 1);
    std::ofstream open_for_ever(bed.place / "open.yaml");
    open_for_ever << "x" << std::flush;
    bed.pass(seconds{25});
    CHECK(bed.changes == 1);
    bed.pass(seconds{10});
    CHECK(bed.changes == 2);
}

TEST_CASE("noise beside the runbooks does not put a change off for ever", "[folder_watch]") {
    Bed bed;
    bed.start();
    write(bed.place / "a.yaml", "x");
    for (int i = 0; i < 60; ++i) {
        write(bed.place / ".swap", std::to_string(i));
        bed.pass(Millis{200});
    }
    CHECK(bed.changes == 1);
}

TEST_CASE("a folder that is removed and made again is followed", "[folder_watch]") {
    Bed bed;
    write(bed.place / "a.yaml", "x");
    bed.start();
    fs::remove_all(bed.place);
    bed.pass(seconds{3});
    CHECK(bed.changes == 1);
    fs::create_directories(bed.place);
    bed.pass(seconds{3});
    CHECK(bed.changes == 2);
    write(bed.place / "b.yaml", "x");
    bed.pass(seconds{3});
    CHECK(bed.changes == 3);
    fs::rename(bed.place, bed.folder.file("away"));
    bed.pass(seconds{3});
    CHECK(bed.changes == 4);
    write(bed.folder.file("away") / "c.yaml", "x");
    bed.pass(seconds{3});
    CHECK(bed.changes == 4);
    fs::rename(bed.folder.file("away"), bed.place);
    bed.pass(seconds{3});
    CHECK(bed.changes == 5);
}

TEST_CASE("a folder that is not there yet is waited for", "[folder_watch]") {
    Bed bed("deep/er/runbooks.d");
    bed.start();
    fs::create_directories(bed.place);
    bed.pass(seconds{3});
    CHECK(bed.changes == 1);
    write(bed.place / "a.yaml", "x");
    bed.pass(seconds{3});
    CHECK(bed.changes == 2);
}

TEST_CASE("links on the way are followed, also when they are turned elsewhere", "[folder_watch]") {
    Bed bed("current/runbooks.d");
    for (const auto* release : {"r1", "r2"}) fs::create_directories(bed.folder.file(release) / "runbooks.d");
    write(bed.folder.file("r2") / "runbooks.d/a.yaml", "x");
    fs::create_directory_symlink("r1", bed.folder.file("current"));
    bed.start();
    fs::create_directory_symlink("r2", bed.folder.file("next"));
    fs::rename(bed.folder.file("next"), bed.folder.file("current"));
    bed.pass(seconds{3});
    CHECK(bed.changes == 1);
    write(bed.folder.file("r2") / "runbooks.d/b.yaml", "x");
    bed.pass(seconds{3});
    CHECK(bed.changes == 2);
    write(bed.folder.file("r1") / "runbooks.d/c.yaml", "x");
    bed.pass(seconds{3});
    CHECK(bed.changes == 2);
}

TEST_CASE("what inotify does not tell is seen within a minute", "[folder_watch]") {
    Bed bed;
    write(bed.folder.file("elsewhere.yaml"), "one");
    fs::create_symlink(bed.folder.file("elsewhere.yaml"), bed.place / "a.yaml");
    bed.start();
    write(bed.folder.file("elsewhere.yaml"), "another");
    bed.pass(seconds{65});
    CHECK(bed.changes == 1);
}

TEST_CASE("more than inotify can hold is a change like any other", "[folder_watch]") {
    Bed bed;
    bed.start();
    // /proc/sys/fs/inotify/max_queued_events is 16384 by default; what is lost is told as an overflow.
    for (int i = 0; i < 9'000; ++i) {
        write(bed.place / "a.yaml", std::to_string(i));
        write(bed.place / "b.yaml", std::to_string(i));
    }
    bed.pass(seconds{40});
    CHECK(bed.changes == 1);
    write(bed.place / "c.yaml", "x");
    bed.pass(seconds{3});
    CHECK(bed.changes == 2);
}

TEST_CASE("the way to a folder names every link and stops where nothing is", "[folder_watch]") {
    const TempFolder folder;
    const auto root = fs::canonical(folder.path());
    fs::create_directories(root / "real/x");
    fs::create_directory_symlink("../real", root / "real/up");
    fs::create_directory_symlink(root / "real", root / "link");
    const auto last = [](const fs::path& path) {
        const auto way = way_to(path);
        REQUIRE_FALSE(way.empty());
        return (way.back().folder / way.back().name).string();
    };
    CHECK(last(root / "link/x") == (root / "real/x").string());
    CHECK(last(root / "link/up/x") == (root / "real/x").string());
    CHECK(last(root / "link/missing/x") == (root / "real/missing").string());
    fs::create_directory_symlink("loop", root / "loop");
    CHECK(way_to(root / "loop/x").size() < 100);
    CHECK(way_to("/").empty());
}

}  // namespace runbookd::folder_watch
