#include "cli/settling.hpp"

#include <nlohmann/json.hpp>

#include "cli/answers.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

void print(Surroundings& around, const Json& answer) {
    around.out << "job " << harmless(text_at(answer, "job_uid")) << " on "
               << harmless(text_at(answer, "hostname")) << ": " << harmless(text_at(answer, "disposition"))
               << " / " << harmless(text_at(answer, "reason")) << '\n';
    if (const auto run = text_at(answer, "new_run_uid"); !run.empty())
        around.out << "run " << harmless(run) << " is planned for it\n";
}

}  // namespace

int run_settle(Surroundings& around, const Client& client, const Command& command) {
    const Json body{{"outcome", command.outcome}, {"reason", command.reason}};
    Target target("/v1/jobs");
    target.segment(command.name).segment("settle");
    return show(around, command, read_object(client.post(target, to_json_text(body))),
                [&](const Json& answer) { print(around, answer); });
}

}  // namespace runbookd::cli
