#include "cli/why.hpp"

#include <nlohmann/json.hpp>

#include "cli/lists.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {

using Json = nlohmann::ordered_json;

int run_why(Surroundings& around, const Client& client, const Command& command) {
    const auto at = read_time(around, "--at", command.at);
    if (!at) return report(around, at.error());
    Target target("/v1/runbooks");
    target.segment(command.name).segment("why").parameter("device", command.device).parameter("at", *at);
    const auto body = client.get(target);
    if (!body) return report(around, body.error());
    const auto answer = Json::parse(*body, nullptr, false);
    if (!answer.is_object() || !answer.contains("evidence"))
        return report(around, {ErrorCode::internal, "the daemon's answer is not an explanation"});
    if (command.format == Format::json) {
        around.out << answer.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
        return kDone;
    }
    around.out << harmless(text_at(answer, "answer")) << "\n\n"
               << render(table_of(Verb::why, answer["evidence"]), Look{around.width, around.has_colour});
    return kDone;
}

}  // namespace runbookd::cli
