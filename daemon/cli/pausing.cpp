#include "cli/pausing.hpp"

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string to_text(const Json& value, int indent = -1) {
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Target target_of(const Command& command, const char* verb) {
    if (command.of_all) return Target(std::string("/v1/") + verb);
    return Target("/v1/runbooks").segment(command.name).segment(verb);
}

/// "2026-12-01 05:00:00 CET": as this machine's clock shows it.
std::string local_time(UtcTime at) {
    const auto seconds = static_cast<std::time_t>(to_unix_ms(at) / 1000);
    std::tm parts{};
    if (::localtime_r(&seconds, &parts) == nullptr) return {};
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %Z", &parts)};
}

Result<Json> ask(const Client& client, const Target& target, const Json& body) {
    const auto text = client.post(target, to_text(body));
    if (!text) return tl::unexpected(text.error());
    auto answer = Json::parse(*text, nullptr, false);
    if (!answer.is_object()) return fail(ErrorCode::internal, "the daemon's answer is not a JSON object");
    return answer;
}

}  // namespace

int run_pause(Surroundings& around, const Client& client, const Command& command) {
    Json body;
    body["for"] = command.span;
    body["reason"] = command.reason;
    const auto answer = ask(client, target_of(command, "pause"), body);
    if (!answer) return report(around, answer.error());
    if (command.format == Format::json) {
        around.out << to_text(*answer, 2) << '\n';
        return kDone;
    }
    const auto until_text = text_at(*answer, "until");
    around.out << (command.of_all ? std::string("everything") : harmless(command.name)) << " is paused until "
               << short_time(until_text) << " UTC";
    if (const auto until = parse_utc(until_text)) around.out << " (" << local_time(*until) << ")";
    around.out << "; what Datto has already goes on\nto end it before: runbookctl resume "
               << (command.of_all ? std::string("--all") : harmless(command.name)) << '\n';
    return kDone;
}

int run_resume(Surroundings& around, const Client& client, const Command& command) {
    const auto answer = ask(client, target_of(command, "resume"), Json::object());
    if (!answer) return report(around, answer.error());
    if (command.format == Format::json)
        around.out << to_text(*answer, 2) << '\n';
    else
        around.out << (command.of_all ? std::string("the pause of everything")
                                      : "the pause of " + harmless(command.name))
                   << " has ended" << (command.of_all ? "; pauses of single runbooks go on" : "") << '\n';
    return kDone;
}

}  // namespace runbookd::cli
