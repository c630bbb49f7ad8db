// The record at its size: what questions cost among 10,000 jobs and among many, bytes for each job, and the
// writer beside a bare SQLite loop.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bare_loop.hpp"
#include "harness.hpp"
#include "history.hpp"
#include "store/history_reader.hpp"

namespace {

using namespace runbookd;
namespace fs = std::filesystem;

constexpr std::int64_t kFew = 10'000;
constexpr double kMostMs = 20;
constexpr double kMostBytes = 1024;
constexpr double kLeastShare = 0.8;

struct Question {
    std::string name;
    std::function<bool(store::HistoryReader&, std::int64_t jobs)> ask;
};

ports::Query query_of(ports::View view) {
    ports::Query query;
    query.view = view;
    return query;
}

std::vector<Question> questions() {
    using store::HistoryReader;
    const auto last_run = [](std::int64_t jobs) { return bench::uid_of('R', jobs - bench::kTargets); };
    return {
        {"newest runs", [](HistoryReader& reader,
                           std::int64_t) { return reader.query(query_of(ports::View::runs)).has_value(); }},
        {"newest jobs", [](HistoryReader& reader,
                           std::int64_t) { return reader.query(query_of(ports::View::jobs)).has_value(); }},
        {"jobs of the last hour",
         [](HistoryReader& reader, std::int64_t jobs) {
             auto query = query_of(ports::View::jobs);
             query.since_ms = to_unix_ms(bench::time_of(jobs - 3600));
             return reader.query(query).has_value();
         }},
        {"one device's history",
         [](HistoryReader& reader, std::int64_t) {
             auto query = query_of(ports::View::jobs);
             query.device = bench::hostname_of(77);
             const auto rows = reader.query(query);
             return rows.has_value() && !rows->rows.empty();
         }},
        {"failures of 24 h",
         [](HistoryReader& reader, std::int64_t jobs) {
             auto query = query_of(ports::View::failures);
             query.since_ms = to_unix_ms(bench::time_of(jobs - 86'400));
             const auto rows = reader.query(query);
             return rows.has_value() && !rows->rows.empty();
         }},
        {"a run's targets",
         [last_run](HistoryReader& reader, std::int64_t jobs) {
             auto query = query_of(ports::View::targets);
             query.run = last_run(jobs);
             query.limit = 100'000;
             const auto rows = reader.query(query);
             return rows.has_value() && rows->rows.size() == bench::kTargets;
         }},
        {"grouped outputs",
         [last_run](HistoryReader& reader, std::int64_t jobs) {
             return reader.output_groups(last_run(jobs), 100'000).has_value();
         }},
        {"coverage of a customer",
         [](HistoryReader& reader, std::int64_t) {
             ports::CoverageQuery query;
             query.runbook = "runbook-1";
             query.customer = "customer-3";
             return reader.coverage(query).has_value();
         }},
        {"one job",
         [](HistoryReader& reader, std::int64_t jobs) {
             const auto rows = reader.job_by_uid(bench::uid_of('J', jobs / 2));
             return rows.has_value() && rows->rows.size() == 1;
         }},
        {"exceptions",
         [](HistoryReader& reader, std::int64_t) {
             return reader.query(query_of(ports::View::exceptions)).has_value();
         }},
    };
}

/// Milliseconds of each question: the median of its askings, after one that is not counted.
std::vector<double> answer_times(const std::string& path, std::int64_t jobs) {
    constexpr int kAskings = 15;
    store::HistoryReader reader(path);
    std::vector<double> times;
    for (const auto& question : questions()) {
        std::vector<double> one;
        for (int i = 0; i <= kAskings; ++i) {
            const auto begin = std::chrono::steady_clock::now();
            if (!question.ask(reader, jobs)) {
                std::fprintf(stderr, "%s: no answer\n", question.name.c_str());
                std::exit(1);
            }
            if (i > 0)
                one.push_back(
                    std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
                        .count());
        }
        times.push_back(bench::median(one));
    }
    return times;
}

/// Where the bytes of a job are: tables and indexes, the largest first, with what of their pages is not used.
void print_sizes(const std::string& path, std::int64_t jobs) {
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    SQLite::Statement sizes(database,
                            "SELECT name, sum(pgsize) AS bytes, sum(unused) FROM dbstat GROUP BY name "
                            "HAVING bytes >= ? ORDER BY bytes DESC");
    sizes.bind(1, jobs);
    bench::Table table("table or index", {"name", "bytes a job", "of them unused"});
    const auto by_job = [&](int column) {
        return bench::number(sizes.getColumn(column).getDouble() / static_cast<double>(jobs));
    };
    while (sizes.executeStep()) table.row({sizes.getColumn(0).getString(), by_job(1), by_job(2)});
    table.print();
}

bool compare_answers(const std::string& few, const std::string& many, std::int64_t jobs) {
    const auto of_few = answer_times(few, kFew);
    const auto of_many = answer_times(many, jobs);
    const auto asked = questions();
    bench::Table table("questions", {"question", "ms at 10,000 jobs", "ms at " + std::to_string(jobs)});
    bool is_quick = true;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        table.row({asked[i].name, bench::number(of_few[i]), bench::number(of_many[i])});
        is_quick = is_quick && of_many[i] < kMostMs;
    }
    table.print();
    return is_quick;
}

bool compare_writers(const std::string& history, const fs::path& folder, std::int64_t jobs) {
    bench::Table table("writer", {"lifecycles in a commit", "ours a second", "bare loop a second", "share",
                                  "our us on a processor", "of the bare loop", "share"});
    const auto percent = [](double share) { return std::to_string(static_cast<int>(share * 100)) + " %"; };
    bool is_close = true;
    for (const auto& [at_once, count] : {std::pair{1, 1000}, {10, 5000}, {100, 20'000}, {1000, 40'000}}) {
        std::vector<double> shares, ours, bare, cpu_shares, our_cpu, bare_cpu;
        for (int round = 0; round < 3; ++round) {
            const auto copy = (folder / "writer.db").string();
            const auto measure = [&](const auto& loop) {
                fs::remove(copy + "-wal");
                fs::remove(copy + "-shm");
                fs::copy_file(history, copy, fs::copy_options::overwrite_existing);
                return loop(copy, jobs, count, at_once);
            };
            const auto theirs = measure(bench::bare_lifecycles);
            const auto mine = measure(bench::our_lifecycles);
            bare.push_back(theirs.a_second);
            ours.push_back(mine.a_second);
            shares.push_back(mine.a_second / theirs.a_second);
            bare_cpu.push_back(theirs.microseconds);
            our_cpu.push_back(mine.microseconds);
            cpu_shares.push_back(theirs.microseconds / mine.microseconds);
        }
        const auto share = bench::median(shares);
        table.row({std::to_string(at_once), bench::number(bench::median(ours)),
                   bench::number(bench::median(bare)), percent(share), bench::number(bench::median(our_cpu)),
                   bench::number(bench::median(bare_cpu)), percent(bench::median(cpu_shares))});
        is_close = is_close && share >= kLeastShare;
    }
    table.print();
    return is_close;
}

const char* verdict(bool is_measured, bool is_met) {
    if (!is_measured) return "not measured";
    return is_met ? "yes" : "no";
}

}  // namespace

int main(int argc, char** argv) {
    std::int64_t jobs = 300'000;
    std::string part;
    bool is_kept = false;
    fs::path folder = fs::temp_directory_path() / "runbookd-bench-record";
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string option = argv[i], value = argv[i + 1];
        if (option == "--jobs")
            std::from_chars(value.data(), value.data() + value.size(), jobs);
        else if (option == "--folder")
            folder = value;
        else if (option == "--only")
            part = value;
        else if (option == "--keep")
            is_kept = value == "yes";
    }
    jobs = std::max<std::int64_t>(jobs / bench::kTargets, 20) * bench::kTargets;
    if (!is_kept) fs::remove_all(folder);
    fs::create_directories(folder);
    const auto few = (folder / "few.db").string(),
               many = (folder / ("of-" + std::to_string(jobs) + ".db")).string();
    fs::remove(few);
    (void)bench::write_history(few, kFew);
    bool is_small = true, is_quick = true, is_close = true;
    if (part != "writer") {
        if (fs::exists(many)) {
            bench::migrate_history(many);
        } else {
            const auto unfinished = many + ".part";
            fs::remove(unfinished);
            const auto seconds = bench::write_history(unfinished, jobs);
            fs::rename(unfinished, many);
            std::printf("%lld jobs written in %.0f s, nothing synced\n", static_cast<long long>(jobs),
                        seconds);
        }
        const auto bytes = static_cast<double>(fs::file_size(many)) / static_cast<double>(jobs);
        is_small = bytes < kMostBytes;
        std::printf("%.0f bytes a job (most: %.0f)\n\n", bytes, kMostBytes);
        print_sizes(many, jobs);
        std::printf("\n");
        is_quick = compare_answers(few, many, jobs);
        std::printf("\n");
    }
    if (part != "questions") is_close = compare_writers(few, folder, kFew);
    std::printf("\nquestions under %.0f ms: %s; bytes: %s; writer at %.0f %% of the bare loop: %s\n", kMostMs,
                verdict(part != "writer", is_quick), verdict(part != "writer", is_small), kLeastShare * 100,
                verdict(part != "questions", is_close));
    if (!is_kept) fs::remove_all(folder);
    return is_quick && is_close && is_small ? 0 : 1;
}
