// The loader and config/runbook.schema.json describe one language: a corpus is judged the same by both. What
// waits for its turn ("not supported yet") is part of the language. A file whose first line is `# loader
// only: REASON` is one that no schema can refuse. Tests run in the repository's root.
#include <algorithm>
#include <array>
#include <cstdio>

#include "catch.hpp"
#include "config/core_schema.hpp"
#include "config/document.hpp"
#include "config/support.hpp"
#include "config/text_file.hpp"

using namespace runbookd::config;
using namespace runbookd::config::testing;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

constexpr const char* kSchema = "config/runbook.schema.json";
constexpr const char* kMarker = "# loader only: ";

struct Sample {
    std::string name;
    std::string text;
    json document;
    bool loader_only = false;
    std::string error;  ///< the loader's first; empty: valid
};

std::string text_of(const fs::path& file) {
    auto text = read_text_file(file, kMaxFileBytes);
    REQUIRE(text);
    return std::move(*text);
}

/// The profiles and the customer that the corpus uses.
Settings corpus_settings() {
    auto settings = settings_for_tests();
    settings.runbook_defaults.profiles["servers"] =
        parse_document("targets: {include: [{os: \"*Server*\"}]}", "").root;
    auto& acme = settings.customers["acme"];
    acme.name = "acme";
    acme.windows.emplace(
        "patch", runbookd::runbook::MaintenanceWindow{*runbookd::cron::Expression::parse("0 2 * * SUN"),
                                                      std::chrono::hours{3}});
    settings.runbook_defaults.profiles["night"] = parse_document("window: 2h", "").root;
    return settings;
}

std::string first_error(const std::string& text) {
    static runbookd::zones::Zones zones;
    static const auto settings = corpus_settings();
    for (const auto& found : parse_runbook(text, "corpus.yaml", settings, zones).diagnostics)
        if (found.severity == Severity::error && found.code != "not_supported") return to_line(found);
    return {};
}

std::vector<Sample> samples_in(const fs::path& folder) {
    std::vector<Sample> samples;
    for (const auto& entry : fs::directory_iterator(folder)) {
        Sample sample;
        sample.name = entry.path().filename().string();
        sample.text = text_of(entry.path());
        const auto document = parse_document(sample.text, sample.name);
        INFO(sample.name);
        REQUIRE(document.root);
        sample.document = core_json(*document.root);
        sample.loader_only = sample.text.starts_with(kMarker);
        sample.error = first_error(sample.text);
        samples.push_back(std::move(sample));
    }
    std::sort(samples.begin(), samples.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return samples;
}

/// What Debian's validator says of each; empty: valid.
std::vector<std::string> judged_by_schema(const std::vector<Sample>& samples) {
    auto documents = json::array();
    for (const auto& sample : samples) documents.push_back(sample.document);
    const TempFolder folder;
    const auto file = folder.write("documents.json", documents.dump());
    const auto command =
        std::string("/usr/bin/python3 tests/config/judge.py ") + kSchema + " " + file.string();
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string answer;
    std::array<char, 4096> block{};
    while (const auto count = std::fread(block.data(), 1, block.size(), pipe))
        answer.append(block.data(), count);
    INFO("this test needs Debian's python3-jsonschema: ./dev setup");
    REQUIRE(::pclose(pipe) == 0);
    auto verdicts = json::parse(answer).get<std::vector<std::string>>();
    REQUIRE(verdicts.size() == samples.size());
    return verdicts;
}

}  // namespace

TEST_CASE("loader and schema accept the same documents", "[config][schema]") {
    const auto samples = samples_in("tests/config/corpus/valid");
    CHECK(samples.size() >= 60);
    const auto verdicts = judged_by_schema(samples);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        INFO(samples[i].name);
        CHECK(samples[i].error.empty());
        CHECK(verdicts[i].empty());
    }
}

TEST_CASE("loader and schema refuse the same documents", "[config][schema]") {
    const auto samples = samples_in("tests/config/corpus/invalid");
    const auto verdicts = judged_by_schema(samples);
    std::size_t by_both = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        INFO(samples[i].name);
        CHECK_FALSE(samples[i].error.empty());
        INFO(verdicts[i]);
        // Where a schema can refuse after all, the marker is no longer true.
        CHECK(verdicts[i].empty() == samples[i].loader_only);
        by_both += verdicts[i].empty() ? 0 : 1;
    }
    CHECK(by_both >= 120);
    CHECK(samples.size() - by_both <= 25);
}

TEST_CASE("every example names the schema, and is valid by it", "[config][schema]") {
    std::vector<Sample> samples;
    for (const auto& entry : fs::recursive_directory_iterator("config/examples")) {
        if (entry.path().extension() != ".yaml" || entry.path().parent_path().filename() != "runbooks.d")
            continue;
        Sample sample;
        sample.name = entry.path().string();
        sample.text = text_of(entry.path());
        INFO(sample.name);
        const std::string key = "# yaml-language-server: $schema=";
        REQUIRE(sample.text.starts_with(key));
        const auto path = sample.text.substr(key.size(), sample.text.find('\n') - key.size());
        CHECK(fs::equivalent(entry.path().parent_path() / path, kSchema));
        sample.document = core_json(*parse_document(sample.text, sample.name).root);
        samples.push_back(std::move(sample));
    }
    CHECK(samples.size() >= 3);
    const auto verdicts = judged_by_schema(samples);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        INFO(samples[i].name);
        CHECK(verdicts[i].empty());
    }
}

TEST_CASE("the schema knows every key of a runbook, and no other", "[config][schema]") {
    const auto schema = json::parse(text_of(kSchema));
    const auto wrong = parse("no_such_key: 1\n").diagnostics;
    const auto unknown =
        std::find_if(wrong.begin(), wrong.end(), [](const auto& one) { return one.code == "unknown_key"; });
    REQUIRE(unknown != wrong.end());
    std::string keys = unknown->expected.substr(std::string("one of ").size());
    std::vector<std::string> loader;
    for (std::size_t at = 0; at <= keys.size();) {
        const auto end = std::min(keys.find(", ", at), keys.size());
        loader.push_back(keys.substr(at, end - at));
        at = end + 2;
    }
    std::sort(loader.begin(), loader.end());
    std::vector<std::string> in_schema;
    for (const auto& [key, value] : schema["properties"].items()) in_schema.push_back(key);
    CHECK(loader == in_schema);
}
