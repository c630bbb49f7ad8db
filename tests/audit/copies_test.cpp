// Exports and backups.
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "audit/backup.hpp"
#include "audit/exporting.hpp"
#include "audit/record.hpp"
#include "audit/view_rows.hpp"
#include "catch.hpp"

namespace runbookd::audit_test {
namespace {

using audit::back_up;
using audit::export_record;
using nlohmann::json;
using testing::text_of;

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

unsigned mode_of(const std::string& path) {
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    return facts.st_mode & 0777U;
}

struct Scene {
    TempFolder folder;
    std::string database = folder.file("audit.db");
    std::string out = folder.file("export");
    KeyPair pair = make_key_pair();
    Scene() { write_record(database, signing_key(pair)); }
    [[nodiscard]] json manifest() const { return json::parse(text_of(out + "/manifest.json")); }
};

TEST_CASE("an export holds each view twice, and a manifest that proves it", "[audit]") {
    const Scene scene;
    const auto report = export_record(scene.database, scene.out, {}, at(200'000));
    REQUIRE(report);
    const auto manifest = scene.manifest();
    CHECK(manifest["made_at"] == "2026-12-01T02:03:20.000Z");
    CHECK(manifest["customer"].is_null());
    CHECK(manifest["chain"]["hash"] ==
          one(scene.database, "SELECT hash FROM events ORDER BY seq DESC LIMIT 1"));
    CHECK(manifest["checkpoint"]["seq"] == manifest["chain"]["seq"]);
    CHECK(manifest["left_out"].empty());
    const auto views =
        std::stoul(one(scene.database, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'"));
    REQUIRE(manifest["files"].size() == 2 * views);
    for (const auto& file : manifest["files"]) {
        const auto path = scene.out + "/" + file["name"].get<std::string>();
        const auto text = text_of(path);
        INFO(path);
        CHECK(file["sha256"] == sha256_hex(text));
        CHECK(file["bytes"] == text.size());
        CHECK(mode_of(path) == 0640);
    }
    CHECK(lines_of(text_of(scene.out + "/target_ledger.jsonl")) == 5);
    std::istringstream jobs(text_of(scene.out + "/job_history.jsonl"));
    std::string line;
    std::getline(jobs, line);
    const auto job = json::parse(line);
    CHECK(job["job_uid"] == "01JOB1");
    CHECK(job["stdout"] == "Deleted 12 files\n");
    CHECK(job["late_status"].is_null());
    CHECK(contains(text_of(scene.out + "/job_history.csv"), "\"Deleted 12 files\n\""));
}

TEST_CASE("an export of a customer has nothing of the others, and names what it leaves out", "[audit]") {
    const Scene scene;
    audit::ExportScope scope;
    scope.customer = "acme";
    REQUIRE(export_record(scene.database, scene.out, scope, at()));
    CHECK(lines_of(text_of(scene.out + "/run_history.jsonl")) == 1);
    CHECK(lines_of(text_of(scene.out + "/target_ledger.jsonl")) == 3);
    CHECK(lines_of(text_of(scene.out + "/job_history.jsonl")) == 2);
    const auto trail = text_of(scene.out + "/event_trail.jsonl");
    CHECK(contains(trail, "01RUN1/d3"));
    CHECK_FALSE(contains(trail, "01RUN2"));
    CHECK(contains(trail, "occurrence.decided"));
    CHECK_FALSE(contains(trail, "birch"));
    const auto left_out = scene.manifest()["left_out"];
    CHECK(std::find(left_out.begin(), left_out.end(), "runbook_revisions") != left_out.end());
    CHECK_FALSE(std::filesystem::exists(scene.out + "/runbook_revisions.csv"));
}

TEST_CASE("an export of a period has what happened in it", "[audit]") {
    const Scene scene;
    audit::ExportScope scope;
    scope.since = at(50'000);
    scope.until = at(96'500);
    REQUIRE(export_record(scene.database, scene.out, scope, at()));
    CHECK(contains(text_of(scene.out + "/run_history.jsonl"), "01RUN2"));
    CHECK_FALSE(contains(text_of(scene.out + "/run_history.jsonl"), "01RUN1"));
    CHECK_FALSE(contains(text_of(scene.out + "/event_trail.jsonl"), "account.throttled"));
    CHECK(scene.manifest()["since"] == "2026-12-01T02:00:50.000Z");
}

TEST_CASE("an export can be checked by sha256sum, also its manifest", "[audit]") {
    const Scene scene;
    REQUIRE(export_record(scene.database, scene.out, {}, at()));
    const auto sums = text_of(scene.out + "/SHA256SUMS");
    CHECK(lines_of(sums) == scene.manifest()["files"].size() + 1);
    std::istringstream lines(sums);
    std::string line;
    while (std::getline(lines, line)) {
        INFO(line);
        REQUIRE(line.size() > 66);
        CHECK(line.substr(64, 2) == "  ");
        CHECK(line.substr(0, 64) == sha256_hex(text_of(scene.out + "/" + line.substr(66))));
    }
    CHECK(contains(sums, "  manifest.json\n"));
    CHECK(scene.manifest()["schema_version"].get<int>() > 0);
}

TEST_CASE("an export that cannot be made leaves nothing behind", "[audit]") {
    const Scene scene;
    audit::ExportScope of_nobody;
    of_nobody.customer = "acne";
    const auto nobody = export_record(scene.database, scene.out, of_nobody, at());
    CHECK(nobody.error().code == ErrorCode::not_found);
    CHECK(contains(nobody.error().message, "acme"));
    CHECK_FALSE(std::filesystem::exists(scene.out));
    audit::ExportScope backwards;
    backwards.since = at(2);
    backwards.until = at(1);
    CHECK(export_record(scene.database, scene.out, backwards, at()).error().code == ErrorCode::invalid_input);
    CHECK_FALSE(std::filesystem::exists(scene.out));
    CHECK_FALSE(export_record(scene.folder.file("none.db"), scene.out, {}, at()));
    CHECK_FALSE(std::filesystem::exists(scene.out));
}

TEST_CASE("CSV tells NULL from an empty text, and quotes what needs it", "[audit]") {
    CHECK(audit::csv_line({audit::Cell{}, std::string(), std::string("a,b"), std::string("\"x\"\n"),
                           std::int64_t{7}, std::string("plain")}) ==
          ",\"\",\"a,b\",\"\"\"x\"\"\n\",7,plain\n");
    const auto line =
        audit::json_line({"none", "empty", "bad"}, {audit::Cell{}, std::string(), std::string("\xFF")});
    CHECK(json::parse(line)["none"].is_null());
    CHECK(json::parse(line)["empty"] == "");
    CHECK(json::parse(line)["bad"] == "\xEF\xBF\xBD");
}

TEST_CASE("an export overwrites nothing", "[audit]") {
    const Scene scene;
    REQUIRE(export_record(scene.database, scene.out, {}, at()));
    CHECK(export_record(scene.database, scene.out, {}, at()).error().code == ErrorCode::conflict);
}

TEST_CASE("a backup made while events are written is whole, and its chain holds", "[audit]") {
    const Scene scene;
    store_test::OpenStore open(scene.database);
    std::thread writer([&] {
        for (int i = 0; i < 200; ++i)
            open.commit({engine::Noted{"daemon", "main", "test.note", "", {}, at(i)}});
    });
    std::vector<std::string> copies;
    for (int i = 0; i < 5; ++i) {
        copies.push_back(scene.folder.file("copy" + std::to_string(i) + ".db"));
        const auto report = back_up(scene.database, copies.back());
        REQUIRE(report);
        CHECK(report->is_fine());
    }
    writer.join();
    for (const auto& copy : copies) {
        CHECK(mode_of(copy) == 0640);
        CHECK(one(copy, "PRAGMA integrity_check") == "ok");
        CHECK_FALSE(std::filesystem::exists(copy + ".partial"));
    }
    CHECK(back_up(scene.database, copies[0]).error().code == ErrorCode::conflict);
    store_test::OpenStore restored(copies[0]);
    restored.commit({engine::Noted{"daemon", "main", "test.note", "", {}, at(9)}});
    restored.close();
    CHECK(audit::verify_record(copies[0], scene.pair.public_pem)->is_fine());
}

TEST_CASE("a backup that cannot be made leaves nothing behind", "[audit]") {
    const Scene scene;
    CHECK_FALSE(back_up(scene.folder.file("none.db"), scene.folder.file("copy.db")));
    CHECK_FALSE(back_up(scene.database, scene.folder.file("no/such/folder/copy.db")));
    CHECK_FALSE(std::filesystem::exists(scene.folder.file("copy.db.partial")));
}

}  // namespace
}  // namespace runbookd::audit_test
