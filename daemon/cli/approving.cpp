#include "cli/approving.hpp"

#include <nlohmann/json.hpp>

#include "cli/answers.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string devices(std::int64_t count) {
    return std::to_string(count) + (count == 1 ? " device" : " devices");
}

/// "run 01… of clean", or "the run of clean at 2026-12-06 01:00 UTC", which is to come.
std::string what_of(const Json& answer) {
    const auto run = text_at(answer, "run_uid");
    const auto of = " of " + harmless(text_at(answer, "runbook"));
    if (!run.empty()) return "run " + harmless(run) + of;
    return "the run" + of + " at " + short_time(text_at(answer, "nominal_at")) + " UTC";
}

void print_approved(Surroundings& around, const Json& answer) {
    const auto approved = number_at(answer, "devices");
    const bool is_about_wave = text_at(answer, "devices").empty();
    around.out << what_of(answer) << ": ";
    if (text_at(answer, "wave").empty())
        around.out << "approved for " << devices(approved) << "; it has not begun yet\n";
    else if (is_about_wave)
        around.out << "wave " << number_at(answer, "wave") << " has begun\n";
    else
        around.out << "approved for " << devices(approved) << ", and has begun\n";
}

void print_rejected(Surroundings& around, const Json& answer) {
    const auto skipped = number_at(answer, "skipped");
    around.out << what_of(answer) << " is rejected: ";
    if (text_at(answer, "run_uid").empty() || skipped == 0)
        around.out << "nothing of it will be created\n";
    else
        around.out << devices(skipped) << (skipped == 1 ? " gets no job\n" : " get no job\n");
}

}  // namespace

int run_approve(Surroundings& around, const Client& client, const Command& command) {
    Json body = Json::object();
    if (!command.note.empty()) body["note"] = command.note;
    Target target("/v1/runs");
    target.segment(command.name).segment("approve");
    return show(around, command, read_object(client.post(target, to_json_text(body))),
                [&](const Json& answer) { print_approved(around, answer); });
}

int run_reject(Surroundings& around, const Client& client, const Command& command) {
    Json body = Json::object();
    body["reason"] = command.reason;
    Target target("/v1/runs");
    target.segment(command.name).segment("reject");
    return show(around, command, read_object(client.post(target, to_json_text(body))),
                [&](const Json& answer) { print_rejected(around, answer); });
}

}  // namespace runbookd::cli
