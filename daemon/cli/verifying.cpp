#include "cli/verifying.hpp"

#include <nlohmann/json.hpp>

#include "cli/lists.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

/// 43200 as "43,200".
std::string grouped(std::int64_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

std::string counted(std::int64_t number, const std::string& word) {
    return grouped(number) + " " + word + (number == 1 ? "" : "s");
}

std::string summary_of(const Json& report) {
    auto text = counted(number_at(report, "runbooks"), "runbook") + ", " +
                counted(number_at(report, "instants"), "instant") + " since " +
                short_time(text_at(report, "since")) + " UTC";
    if (const auto pending = number_at(report, "pending"); pending > 0)
        text += " (" + grouped(pending) + " not decided yet)";
    const auto unexplained = number_at(report, "unexplained_instants");
    return text + (unexplained == 0 ? ": all explained" : ": " + grouped(unexplained) + " not explained");
}

}  // namespace

int run_verify(Surroundings& around, const Client& client, const Command& command) {
    const auto since = read_time(around, "--since", command.filters.since);
    if (!since) return report(around, since.error());
    const auto body = client.get(Target("/v1/verify").parameter("since", *since));
    if (!body) return report(around, body.error());
    const auto found = Json::parse(*body, nullptr, false);
    if (!found.is_object() || !found.contains("unexplained"))
        return report(around, {ErrorCode::internal, "the daemon's answer is not a report"});
    const auto& unexplained = found["unexplained"];
    if (command.format == Format::json) {
        around.out << found.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    } else {
        if (!unexplained.empty())
            around.out << render(table_of(Verb::verify, unexplained), Look{around.width, around.has_colour});
        around.out << summary_of(found) << '\n';
    }
    return found.value("complete", false) ? kDone : kFailed;
}

}  // namespace runbookd::cli
