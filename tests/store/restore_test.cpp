// A store that was put back to an earlier state is noticed, and nothing else is.
#include <filesystem>

#include "base/ulid.hpp"
#include "catch.hpp"
#include "store/fixture.hpp"

namespace runbookd::store_test {
namespace {

namespace fs = std::filesystem;

engine::Batch note(int number) {
    return {
        engine::Noted{"daemon", "main", "test.note", "", {{"number", std::to_string(number)}}, at(number)}};
}

struct Scene {
    TempFolder folder;
    std::string database = folder.file("audit.db");

    /// Writes some events, and ends.
    void write(int from, int count) {
        OpenStore open(database);
        CHECK(open.store().restored().empty());
        for (int i = 0; i < count; ++i) open.commit(note(from + i));
    }
    void keep_copy() { copy(database, folder.file("kept.db")); }
    void put_back() { copy(folder.file("kept.db"), database); }

private:
    static void copy(const std::string& from, const std::string& to) {
        for (const auto* ending : {"", "-wal", "-shm"}) {
            fs::remove(to + ending);
            if (fs::exists(from + ending)) fs::copy_file(from + ending, to + ending);
        }
    }
};

TEST_CASE("a store that goes on where it was is not taken for a restored one", "[store]") {
    Scene scene;
    scene.write(1, 2);
    scene.write(3, 2);
    // A note that lags behind, as after a power cut.
    const auto note_file = scene.database + ".acknowledged";
    CHECK((fs::status(note_file).permissions() & fs::perms::others_all) == fs::perms::none);
    fs::copy_file(note_file, scene.folder.file("older"));
    scene.write(5, 2);
    fs::copy_file(scene.folder.file("older"), note_file, fs::copy_options::overwrite_existing);
    scene.write(7, 1);
    // One that was written in part says nothing; nor does one that is gone.
    fs::resize_file(note_file, 40);
    scene.write(8, 1);
    fs::remove(note_file);
    scene.write(9, 1);
}

TEST_CASE("a store that was put back is noticed until a person accepts it", "[store]") {
    Scene scene;
    scene.write(1, 2);
    scene.keep_copy();
    scene.write(3, 2);
    scene.put_back();
    for (int start = 0; start < 2; ++start) {
        OpenStore open(scene.database);
        INFO("start " << start << ": " << open.store().restored());
        CHECK(contains(open.store().restored(), "event 4"));
        CHECK(contains(open.store().restored(), "put back to an earlier state"));
        open.commit(note(100 + start));
    }
    OpenStore open(scene.database);
    open.store().accept_restore();
    CHECK(open.store().restored().empty());
    open.commit(note(200));
    open.close();
    scene.write(300, 1);
}

TEST_CASE("a store that was put back and went on elsewhere is noticed by its hash", "[store]") {
    Scene scene;
    scene.write(1, 2);
    scene.keep_copy();
    scene.write(3, 2);
    const auto note_file = scene.database + ".acknowledged";
    fs::copy_file(note_file, scene.folder.file("note"));
    scene.put_back();
    fs::remove(note_file);
    scene.write(50, 4);
    fs::copy_file(scene.folder.file("note"), note_file, fs::copy_options::overwrite_existing);
    OpenStore open(scene.database);
    CHECK(contains(open.store().restored(), "is not the one that was acknowledged"));
}

TEST_CASE("a new store where an old one was acknowledged is noticed", "[store]") {
    Scene scene;
    scene.write(1, 2);
    for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(scene.database + ending);
    OpenStore open(scene.database);
    CHECK(contains(open.store().restored(), "the store ends with event 0"));
}

TEST_CASE("a start finds what the search after a restore needs, also while it is held", "[store]") {
    Scene scene;
    const auto held = [](int number) {
        return engine::Batch{engine::Noted{"daemon", "main", "daemon.started", "", {}, at(number)},
                             engine::Noted{"daemon",
                                           "main",
                                           "store.restored",
                                           "",
                                           {{"why", "it is older"}, {"since", format_utc(at(200'000))}},
                                           at(number)}};
    };
    {
        OpenStore open(scene.database);
        open.commit({revision(), planned(), started(1)});
        auto job = created();
        job.job = JobUid{ulid_of(at(6'000), "known")};
        job.at = at(6'000);
        open.commit({job});
        open.commit({engine::Noted{"daemon", "main", "test.note", "", {}, at(200'000)}});
        CHECK_FALSE(open.store().load(at(200'500))->restore);
    }
    scene.keep_copy();
    scene.write(1, 2);
    scene.put_back();
    for (int start = 0; start < 2; ++start) {
        OpenStore open(scene.database);
        const auto state = open.store().load(at(500'000));
        REQUIRE(state);
        REQUIRE(state->restore);
        CHECK(state->restore->known == std::vector<JobUid>{JobUid{ulid_of(at(6'000), "known")}});
        if (start == 0) {
            CHECK(state->restore->since == at(200'000));
            CHECK(state->restores.empty());
        } else {
            const auto& own = state->restores.at("main");
            CHECK(own.since == at(200'000));
            CHECK(own.held_at == at(300'000));
            CHECK(own.known.size() == 1);
            CHECK(own.found == std::vector<JobUid>{JobUid{"01FOUND"}});
        }
        open.commit(held(300'000 + start));
        open.commit(
            {engine::Noted{"job", "01FOUND", "job.found_after_restore", "", {}, at(310'000 + start)}});
    }
    OpenStore open(scene.database);
    open.commit({engine::Noted{"daemon", "main", "store.restore_accepted", "ana", {}, at(600'000)}});
    CHECK(open.store().load(at(610'000))->restores.empty());
}

}  // namespace
}  // namespace runbookd::store_test
