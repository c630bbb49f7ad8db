#include "cli/pruning.hpp"

#include <nlohmann/json.hpp>

#include "cli/answers.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "  outputs of 120 jobs before 2025-10-22 02:00:00 UTC", or that they are kept.
void print_kind(Surroundings& around, const Json& report, const char* horizon, const std::string& what,
                const std::string& kept) {
    const auto before = text_at(report, horizon);
    if (before.empty())
        around.out << "  " << kept << ": kept for ever\n";
    else
        around.out << "  " << what << ", before " << short_time(before) << " UTC\n";
}

std::string counted(const Json& report, const char* key, const std::string& word) {
    const auto number = number_at(report, key);
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

void print(Surroundings& around, const Json& report) {
    around.out << (report.value("dry_run", false) ? "would be removed, at most:\n" : "removed:\n");
    print_kind(around, report, "outputs_before", "the outputs of " + counted(report, "outputs", "job"),
               "outputs");
    print_kind(around, report, "history_before",
               counted(report, "runs", "run") + " with " + counted(report, "targets", "target") + " and " +
                   counted(report, "jobs", "job") + ", " + counted(report, "occurrences", "verdict"),
               "runs and verdicts");
    print_kind(around, report, "events_before", counted(report, "events", "event"), "events");
}

}  // namespace

int run_prune(Surroundings& around, const Client& client, const Command& command) {
    const Json body{{"dry_run", command.is_dry_run}};
    return show(around, command, read_object(client.post(Target("/v1/audit/prune"), to_json_text(body))),
                [&](const Json& answer) { print(around, answer); });
}

}  // namespace runbookd::cli
