#include "cli/pausing.hpp"

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "cli/answers.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

Target target_of(const Command& command, const char* verb) {
    if (command.name.empty()) return Target(std::string("/v1/") + verb);
    return Target("/v1/runbooks").segment(command.name).segment(verb);
}

/// What is meant, where it is no runbook.
Json body_of(const Command& command) {
    auto body = Json::object();
    for (const auto& [key, value] :
         {std::pair{"customer", &command.filters.customer}, std::pair{"device", &command.device},
          std::pair{"component", &command.component}})
        if (!value->empty()) body[key] = *value;
    return body;
}

/// "customer acme", "everything"
std::string words_of(const Command& command) {
    if (!command.name.empty()) return harmless(command.name);
    if (!command.filters.customer.empty()) return "customer " + harmless(command.filters.customer);
    if (!command.device.empty()) return "device " + harmless(command.device);
    if (!command.component.empty()) return "component " + harmless(command.component);
    return "everything";
}

/// The same as an argument of `resume`, in quotes where a shell needs them.
std::string argument_of(const Command& command) {
    const auto quoted = [](const std::string& text) {
        const bool is_plain = text.find_first_of(" '\"\\$`*?") == std::string::npos;
        return is_plain ? harmless(text) : "'" + harmless(text) + "'";
    };
    if (!command.name.empty()) return harmless(command.name);
    if (!command.filters.customer.empty()) return "--customer " + quoted(command.filters.customer);
    if (!command.device.empty()) return "--device " + quoted(command.device);
    if (!command.component.empty()) return "--component " + quoted(command.component);
    return "--all";
}

/// "2026-12-01 05:00:00 CET": as this machine's clock shows it.
std::string local_time(UtcTime at) {
    const auto seconds = static_cast<std::time_t>(to_unix_ms(at) / 1000);
    std::tm parts{};
    if (::localtime_r(&seconds, &parts) == nullptr) return {};
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %Z", &parts)};
}

void print_pause(Surroundings& around, const Command& command, const Json& answer) {
    const auto until_text = text_at(answer, "until");
    around.out << words_of(command) << " is paused until " << short_time(until_text) << " UTC";
    if (const auto until = parse_utc(until_text)) around.out << " (" << local_time(*until) << ")";
    around.out << "; what Datto has already goes on\nto end it before: runbookctl resume "
               << argument_of(command) << '\n';
}

}  // namespace

int run_pause(Surroundings& around, const Client& client, const Command& command) {
    auto body = body_of(command);
    body["for"] = command.span;
    body["reason"] = command.reason;
    return show(around, command, read_object(client.post(target_of(command, "pause"), to_json_text(body))),
                [&](const Json& answer) { print_pause(around, command, answer); });
}

int run_resume(Surroundings& around, const Client& client, const Command& command) {
    return show(around, command,
                read_object(client.post(target_of(command, "resume"), to_json_text(body_of(command)))),
                [&](const Json&) {
                    around.out << "the pause of " << words_of(command) << " has ended"
                               << (command.of_all ? "; pauses of single things go on" : "") << '\n';
                });
}

}  // namespace runbookd::cli
