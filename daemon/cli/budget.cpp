#include "cli/budget.hpp"

#include <nlohmann/json.hpp>

#include "cli/lists.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

/// One row for each kind of calls of each account.
Json rows_of(const Json& accounts) {
    auto rows = Json::array();
    for (const auto& account : accounts)
        for (const auto* kind : {"reads", "writes", "creates"}) {
            Json row{{"account", account.value("account", "")}, {"calls", kind}};
            if (const auto calls = account.find(kind); calls != account.end() && calls->is_object())
                row.update(*calls);
            rows.push_back(std::move(row));
        }
    return rows;
}

std::string limits_words(const Json& account) {
    const auto source = text_at(account, "limits_source");
    if (source == "off") return "limits are off";
    const auto percent = static_cast<int>(account.value("share", 0.0) * 100 + 0.5);
    return "limits as the " + std::string(source == "auto" ? "API" : "configuration") + " says, " +
           std::to_string(percent) + "% of them for runbookd";
}

std::string checked_words(const Json& account) {
    const auto at = text_at(account, "checked_at");
    return at.empty() ? "the API has not told its counters yet"
                      : "the API's counters were read at " + short_time(at) + " UTC";
}

std::string creates_words(const Json& account) {
    const auto waiting = number_at(account, "creates_waiting");
    const auto next = text_at(account, "next_create_at");
    auto text = waiting == 0   ? std::string("no create waits")
                : waiting == 1 ? std::string("1 create waits")
                               : std::to_string(waiting) + " creates wait";
    text += ", " + std::to_string(number_at(account, "creates_under_way")) + " under way; ";
    return text + (next.empty() ? "the next can go when an answer has come"
                                : "the next can go at " + short_time(next) + " UTC");
}

void print(Surroundings& around, const Json& accounts) {
    auto& out = around.out;
    out << render(table_of(Verb::budget, rows_of(accounts)), Look{around.width, around.has_colour});
    for (const auto& account : accounts) {
        const auto name = harmless(text_at(account, "account"));
        out << name << ": " << limits_words(account) << "; " << checked_words(account) << '\n'
            << name << ": " << creates_words(account) << '\n';
        if (const auto until = text_at(account, "held_until"); !until.empty())
            out << name << ": nothing goes out until " << short_time(until)
                << " UTC: " << harmless(text_at(account, "held_because")) << '\n';
    }
}

}  // namespace

int run_budget(Surroundings& around, const Client& client, const Command& command) {
    const auto body = client.get(Target("/v1/budget"));
    if (!body) return report(around, body.error());
    const auto accounts = Json::parse(*body, nullptr, false);
    if (!accounts.is_array())
        return report(around, {ErrorCode::internal, "the daemon's answer is not a list"});
    if (command.format == Format::json)
        around.out << accounts.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    else if (command.format == Format::csv)
        around.out << csv_of(Verb::budget, rows_of(accounts));
    else
        print(around, accounts);
    return kDone;
}

}  // namespace runbookd::cli
