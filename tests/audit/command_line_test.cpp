// The verbs of audit, on a record that the store itself has written.
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "audit/record.hpp"
#include "catch.hpp"
#include "cli/session.hpp"

namespace {

using namespace runbookd;
using audit_test::contains;
using audit_test::make_key_pair;
using audit_test::signing_key;
using audit_test::tamper;
using nlohmann::json;
using testing::Session;
using testing::TempFolder;
using testing::text_of;

struct Scene {
    TempFolder folder;
    audit_test::KeyPair pair = make_key_pair();
    std::string database = folder.file("audit.db");
    Session session;

    Scene() { audit_test::write_story(database, signing_key(pair)); }
    int run(std::vector<std::string> words) {
        words.insert(words.begin(), {"audit", "--store", database});
        return session.run(words);
    }
};

/// docs/audit.md with the answer to each of its SQL blocks put into the block that follows.
std::string answered(Scene& scene, const std::string& document, int& queries) {
    std::istringstream lines(document);
    std::string line, text, sql;
    enum class Inside { prose, query, before_answer, answer } inside = Inside::prose;
    while (std::getline(lines, line)) {
        if (inside == Inside::answer) {
            if (line != "```") continue;
            inside = Inside::prose;
        } else if (inside == Inside::query) {
            if (line == "```")
                inside = Inside::before_answer;
            else
                sql += line + "\n";
        } else if (line == "```sql") {
            inside = Inside::query;
            sql.clear();
        } else if (line == "```text" && inside == Inside::before_answer) {
            INFO(sql);
            CHECK(scene.run({"sql", sql}) == 0);
            CHECK(scene.session.err.empty());
            ++queries;
            inside = Inside::answer;
            text += line + "\n" + scene.session.out;
            continue;
        }
        text += line + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("every query of docs/audit.md says what stands below it", "[audit]") {
    Scene scene;
    int queries = 0;
    const auto document = text_of("docs/audit.md");
    const auto text = answered(scene, document, queries);
    CHECK(queries == 20);
    if (std::getenv("RUNBOOKD_UPDATE_GOLDEN") != nullptr) std::ofstream("docs/audit.md") << text;
    CHECK(text == text_of("docs/audit.md"));
}

TEST_CASE("audit verify says what is proven, and how far", "[audit]") {
    Scene scene;
    const auto key = scene.folder.write("audit.pub", scene.pair.public_pem).string();
    CHECK(scene.run({"verify"}) == 0);
    CHECK(contains(scene.session.out, "all as written"));
    CHECK(contains(scene.session.out, "which proves less"));
    CHECK(scene.run({"verify", "--public-key", key}) == 0);
    CHECK_FALSE(contains(scene.session.out, "which proves less"));
    CHECK(scene.run({"verify", "--json", "--public-key", key}) == 0);
    auto report = json::parse(scene.session.out);
    CHECK(report["fine"] == true);
    CHECK(report["signed_until"]["seq"] == report["last_seq"]);
    CHECK(report["findings"].empty());

    audit_test::write_notes(scene.database, 3);
    CHECK(scene.run({"verify", "--public-key", key}) == 0);
    CHECK(contains(scene.session.out, "are only chained, not signed (3)"));

    tamper(scene.database, "UPDATE events SET actor = 'eve' WHERE seq = 2");
    CHECK(scene.run({"verify"}) == 1);
    CHECK(contains(scene.session.out, "event 2"));
    CHECK(scene.run({"verify", "--json"}) == 1);
    report = json::parse(scene.session.out);
    CHECK(report["fine"] == false);
    CHECK(report["findings"][0]["seq"] == 2);
    CHECK(scene.run({"verify", "--public-key", scene.folder.file("none")}) == 1);
}

TEST_CASE("audit sql answers as a table, as JSON and as CSV, and never writes", "[audit]") {
    Scene scene;
    const std::string sql =
        "SELECT device_uid, wave, NULL AS nil FROM target_ledger ORDER BY run_uid, device_uid";
    CHECK(scene.run({"sql", sql, "--limit", "1"}) == 0);
    CHECK(contains(scene.session.out, "d1"));
    CHECK(contains(scene.session.err, "cut after 1 row"));
    CHECK(scene.run({"sql", sql, "--json", "--limit", "1"}) == 0);
    CHECK(json::parse(scene.session.out) == json::parse(R"([{"device_uid": "d1", "wave": 1, "nil": null}])"));
    CHECK(scene.run({"sql", sql, "--csv", "--limit", "1"}) == 0);
    CHECK(scene.session.out == "device_uid,wave,nil\nd1,1,\n");
    CHECK(scene.run({"sql", "DELETE FROM events"}) == 1);
    CHECK(contains(scene.session.err, "reads the record"));
    CHECK(scene.run({"sql",
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
                     "--timeout", "50ms"}) == 1);
    CHECK(contains(scene.session.err, "--timeout"));
    CHECK(scene.run({"sql"}) == 2);
    CHECK(scene.session.run({"audit"}) == 2);
}

TEST_CASE("audit export and backup say what they made", "[audit]") {
    Scene scene;
    const auto out = scene.folder.file("out").string();
    CHECK(scene.run({"export", "--out", out, "--customer", "acme", "--json"}) == 0);
    CHECK(json::parse(scene.session.out)["files"].size() > 4);
    CHECK(scene.run({"export", "--out", out}) == 1);
    CHECK(contains(scene.session.err, "not an empty folder"));
    const auto copy = scene.folder.file("copy.db").string();
    CHECK(scene.run({"backup", copy}) == 0);
    CHECK(contains(scene.session.out, "a whole copy"));
    CHECK(scene.run({"backup", copy}) == 1);
    CHECK(contains(scene.session.err, "exists already"));
}

TEST_CASE("the configuration says where the record is", "[audit]") {
    Scene scene;
    const auto config =
        scene.folder.write("runbookd.yaml",
                           "accounts: {main: {api: datto, url: 'https://merlot-api.centrastage.net', key: "
                           "'${env:K}', secret: '${env:S}'}}\n"
                           "signing_key: ${file:/no/such/key}\nstore: audit.db\n");
    CHECK(scene.session.run({"--config", config.string(), "audit", "verify"}) == 0);
    CHECK(scene.session.run({"--config", scene.folder.file("none").string(), "audit", "verify"}) == 1);
}
