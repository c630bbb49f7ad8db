#include "cli/cancelling.hpp"

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

/// What a person must know: nothing that Datto has been given is taken back.
void print(Surroundings& around, const Json& answer) {
    const auto run =
        "run " + harmless(text_at(answer, "run_uid")) + " of " + harmless(text_at(answer, "runbook"));
    if (answer.value("was_planned", false)) {
        around.out << run << " is cancelled before it began: nothing was sent\n";
        return;
    }
    const auto cancelled = answer.value("cancelled", std::int64_t{0});
    const auto running = answer.value("still_running", std::int64_t{0});
    around.out << run << ": "
               << (cancelled == 0 ? std::string("every device has its job already")
                                  : devices(cancelled) + (cancelled == 1 ? " gets no job" : " get no job"))
               << '\n';
    if (running > 0)
        around.out << "Datto still has the " << (running == 1 ? "job of " : "jobs of ") << devices(running)
                   << ", recalls nothing, and may run " << (running == 1 ? "it" : "them") << "; "
                   << (running == 1 ? "it is" : "they are") << " followed to the end\n";
}

}  // namespace

int run_cancel(Surroundings& around, const Client& client, const Command& command) {
    Json body = Json::object();
    if (!command.reason.empty()) body["reason"] = command.reason;
    Target target("/v1/runs");
    target.segment(command.name).segment("cancel");
    return show(around, command, read_object(client.post(target, to_json_text(body))),
                [&](const Json& answer) { print(around, answer); });
}

}  // namespace runbookd::cli
