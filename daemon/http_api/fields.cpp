#include "http_api/fields.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/spelling.hpp"
#include "base/time.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

tl::unexpected<Error> invalid(std::string message) {
    return fail(ErrorCode::invalid_input, std::move(message));
}

std::string with_suggestion(std::string message, std::string_view word,
                            const std::vector<std::string>& known) {
    const auto close = nearest(word, known, 1);
    if (!close.empty()) return message + "; did you mean '" + close.front() + "'?";
    message += "; known are";
    for (const auto& name : known) message += " " + name;
    return message;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

struct Bounds {
    std::int64_t least, most;
};

Result<std::int64_t> whole_number(const Request& request, const char* name, Bounds bounds,
                                  std::int64_t otherwise) {
    const auto text = query_value(request, name);
    if (!text) return otherwise;
    std::int64_t number = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
    const bool whole = read.ec == std::errc{} && read.ptr == text->data() + text->size();
    if (!whole || number < bounds.least || number > bounds.most)
        return invalid(std::string("query parameter '") + name + "': '" + *text +
                       "' is not a whole number from " + std::to_string(bounds.least) + " to " +
                       std::to_string(bounds.most));
    return number;
}

}  // namespace

Result<void> only_known(const Request& request, std::initializer_list<const char*> known) {
    const std::vector<std::string> names(known.begin(), known.end());
    for (const auto& [name, value] : request.query) {
        if (contains(names, name)) continue;
        if (names.empty()) return invalid("unknown query parameter '" + name + "'; this path takes none");
        return invalid(with_suggestion("unknown query parameter '" + name + "'", name, names));
    }
    return {};
}

std::optional<std::string> query_value(const Request& request, const char* name) {
    const auto found = request.query.find(name);
    if (found == request.query.end()) return std::nullopt;
    return found->second;
}

Result<std::optional<UtcTime>> query_time(const Request& request, const char* name) {
    const auto text = query_value(request, name);
    if (!text) return std::optional<UtcTime>{};
    const auto at = parse_utc(*text);
    if (!at) return invalid(std::string("query parameter '") + name + "': " + at.error().message);
    return std::optional{*at};
}

Result<std::int64_t> query_limit(const Request& request, std::int64_t otherwise) {
    return whole_number(request, "limit", {1, kLargestLimit}, otherwise);
}

Result<std::int64_t> query_offset(const Request& request) {
    return whole_number(request, "offset", {0, kLargestOffset}, 0);
}

Result<ports::Query> read_query(const Request& request, ports::View view) {
    const auto known = only_known(
        request, {"run", "runbook", "customer", "site", "device", "status", "since", "until", "limit"});
    if (!known) return tl::unexpected(known.error());
    const auto since = query_time(request, "since");
    if (!since) return tl::unexpected(since.error());
    const auto until = query_time(request, "until");
    if (!until) return tl::unexpected(until.error());
    ports::Query query;
    query.view = view;
    query.run = query_value(request, "run");
    // All of one run is what a question about a run means; the newest hundred is what one about all means.
    const auto limit = query_limit(request, query.run ? kLargestLimit : query.limit);
    if (!limit) return tl::unexpected(limit.error());
    query.limit = *limit;
    query.runbook = query_value(request, "runbook");
    query.customer = query_value(request, "customer");
    query.site = query_value(request, "site");
    query.device = query_value(request, "device");
    query.status = query_value(request, "status");
    if (*since) query.since_ms = to_unix_ms(**since);
    if (*until) query.until_ms = to_unix_ms(**until);
    return query;
}

Result<Json> read_object(const Request& request, std::vector<std::string> known,
                         const std::vector<std::string>& later) {
    auto object = Json::parse(request.body, nullptr, false);
    if (object.is_discarded()) return invalid("the body is not JSON");
    if (!object.is_object()) return invalid("the body must be a JSON object");
    for (const auto& [key, value] : object.items()) {
        if (contains(known, key)) continue;
        if (contains(later, key)) return fail(ErrorCode::not_supported, "'" + key + "' is not supported yet");
        return invalid(with_suggestion("unknown key '" + key + "'", key, known));
    }
    return object;
}

Result<Json> read_optional_object(const Request& request, std::vector<std::string> known) {
    if (request.body.empty()) return Json::object();
    return read_object(request, std::move(known));
}

Result<std::string> text_field(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::string{};
    if (!found->is_string()) return invalid(std::string("'") + key + "' must be a text");
    return found->get<std::string>();
}

Result<std::string> required_text(const Json& object, const char* key) {
    auto text = text_field(object, key);
    if (text && text->empty()) return invalid(std::string("'") + key + "' is missing");
    return text;
}

Result<Millis> required_span(const Json& object, const char* key) {
    const auto text = required_text(object, key);
    if (!text) return tl::unexpected(text.error());
    const auto span = parse_duration(*text);
    if (!span) return invalid(std::string("'") + key + "': " + span.error().message);
    return *span;
}

Result<std::vector<std::string>> texts_field(const Json& object, const char* key) {
    std::vector<std::string> texts;
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return texts;
    const auto wrong = [&] { return invalid(std::string("'") + key + "' must be a list of texts"); };
    if (!found->is_array()) return wrong();
    for (const auto& element : *found) {
        if (!element.is_string()) return wrong();
        texts.push_back(element.get<std::string>());
    }
    return texts;
}

Result<std::map<std::string, std::string>> variables_field(const Json& object) {
    std::map<std::string, std::string> variables;
    const auto found = object.find("variables");
    if (found == object.end() || found->is_null()) return variables;
    if (!found->is_object()) return invalid("'variables' must be an object of names and texts");
    for (const auto& [name, value] : found->items()) {
        if (name.empty()) return invalid("'variables' holds an empty name");
        if (value.is_string())
            variables[name] = value.get<std::string>();
        else if (value.is_number() || value.is_boolean())
            variables[name] = value.dump();
        else
            return invalid("'variables." + name + "' must be a text, a number or a boolean");
    }
    return variables;
}

}  // namespace runbookd::http_api
