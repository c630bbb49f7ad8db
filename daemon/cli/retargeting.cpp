#include "cli/retargeting.hpp"

#include <algorithm>
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

/// "left out: 2 devices that may still run, 1 device whose job is unknown (--include unknown)"
std::string left_out_words(const Json& answer) {
    const auto counts = answer.find("left_out");
    if (counts == answer.end() || !counts->is_object()) return {};
    std::string text;
    const auto add = [&](const char* key, const char* words) {
        const auto count = number_at(*counts, key);
        if (count > 0) text += (text.empty() ? "" : ", ") + devices(count) + words;
    };
    add("may_still_run", " on which a job may still run");
    add("unknown", " whose job may have run (--include unknown)");
    add("done_since", " on which a later run succeeded");
    return text;
}

void print(Surroundings& around, const Command& command, const Json& answer) {
    auto& out = around.out;
    const auto run = text_at(answer, "run_uid");
    const auto left_out = left_out_words(answer);
    if (run.empty()) {
        out << "nothing is left of run " << harmless(text_at(answer, "cause_uid"))
            << (command.only.empty() ? "" : " with these dispositions") << '\n';
    } else {
        const auto starts = text_at(answer, "starts_at");
        out << "run " << run << " of " << harmless(text_at(answer, "runbook")) << ": planned for "
            << devices(number_at(answer, "targets"))
            << (starts.empty() ? "" : ", starts at " + short_time(starts) + " UTC") << '\n';
        if (text_at(answer, "revision") != text_at(answer, "cause_revision"))
            out << "it runs revision " << text_at(answer, "revision") << "; the run before ran revision "
                << text_at(answer, "cause_revision") << '\n';
    }
    if (!left_out.empty()) out << "left out: " << left_out << '\n';
}

}  // namespace

bool names_run(const Command& command) {
    // Uids are in capitals, runbooks' names are not.
    return std::any_of(command.name.begin(), command.name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

int run_resume_halted(Surroundings& around, const Client& client, Command command) {
    command.only = {"halted"};
    return run_retarget(around, client, command);
}

int run_retarget(Surroundings& around, const Client& client, const Command& command) {
    Json body;
    body["only"] = command.only;
    body["include"] = command.with_unknown ? Json::array({"unknown"}) : Json::array();
    body["at"] = command.at;
    body["note"] = command.note;
    Target target("/v1/runs");
    target.segment(command.name).segment("retarget");
    return show(around, command, read_object(client.post(target, to_json_text(body))),
                [&](const Json& answer) { print(around, command, answer); });
}

}  // namespace runbookd::cli
