#include "cli/answers.hpp"

namespace runbookd::cli {

using Json = nlohmann::ordered_json;

std::string to_json_text(const Json& value, int indent) {
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Result<Json> read_object(Result<std::string> body) {
    if (!body) return tl::unexpected(body.error());
    auto value = Json::parse(*body, nullptr, false);
    if (!value.is_object()) return fail(ErrorCode::internal, "the daemon's answer is not a JSON object");
    return value;
}

int show(Surroundings& around, const Command& command, const Result<Json>& answer,
         const std::function<void(const Json&)>& in_words) {
    if (!answer) return report(around, answer.error());
    if (command.format == Format::json)
        around.out << to_json_text(*answer, 2) << '\n';
    else
        in_words(*answer);
    return kDone;
}

}  // namespace runbookd::cli
