#include "sandbox/unknowns_file.hpp"

#include <charconv>

namespace runbookd::sandbox {
namespace {

constexpr int kMostStatus = 599;

std::optional<int> status_in(const std::string& word) {
    int status = 0;
    const auto* end_of_word = word.data() + word.size();
    const auto [end, error] = std::from_chars(word.data(), end_of_word, status);
    if (error != std::errc{} || end != end_of_word || status < 400 || status > kMostStatus)
        return std::nullopt;
    return status;
}

TimeForm read_form(YamlMap& map, const std::string& key, TimeForm otherwise) {
    return map.one_of<TimeForm>(
        key, {{"ms", TimeForm::ms}, {"iso", TimeForm::iso}, {"seconds", TimeForm::seconds}}, otherwise);
}

void read_times(YamlMap& unknowns, TimeForms& times) {
    auto map = unknowns.inner("times");
    if (!map) return;
    times.date_created = read_form(*map, "date_created", times.date_created);
    times.ran_on = read_form(*map, "ran_on", times.ran_on);
    times.devices = read_form(*map, "devices", times.devices);
    times.alerts = read_form(*map, "alerts", times.alerts);
    times.activity_log = read_form(*map, "activity_log", times.activity_log);
    map->finish();
}

void read_order(YamlMap& unknowns, EndOrder& order) {
    auto map = unknowns.inner("order");
    if (!map) return;
    order.completed = map->range("completed", order.completed);
    order.result = map->range("result", order.result);
    order.output = map->range("output", order.output);
    map->finish();
}

void read_output(YamlMap& unknowns, OutputTraits& output) {
    auto map = unknowns.inner("output");
    if (!map) return;
    if (map->get("max_bytes").IsDefined())
        output.max_bytes = static_cast<std::size_t>(map->number("max_bytes", 1, 1'000'000'000, 1));
    output.raw_bytes =
        map->one_of<bool>("invalid_utf8", {{"replaced", false}, {"raw", true}}, output.raw_bytes);
    map->finish();
}

int read_status(YamlMap& map, const std::string& key, int otherwise) {
    return map.number(key, 400, kMostStatus, otherwise);
}

std::optional<int> read_refusal(YamlMap& map, const std::string& key, std::optional<int> otherwise) {
    const std::string expected = "accept, or a status such as 400";
    const auto word = map.scalar(key, expected);
    if (!word) return otherwise;
    const auto status = status_in(*word);
    if (!status && *word != "accept") map.problem(key, "expected " + expected + ", not `" + *word + "`");
    return status;
}

void read_refusals(YamlMap& unknowns, QuickJobRefusals& refusals) {
    auto map = unknowns.inner("refusals");
    if (!map) return;
    refusals.component = read_status(*map, "component", refusals.component);
    refusals.variable = read_refusal(*map, "variable", refusals.variable);
    refusals.value = read_refusal(*map, "value", refusals.value);
    refusals.missing = read_refusal(*map, "missing", refusals.missing);
    map->finish();
}

JobFate read_fate(YamlMap& map, const std::string& key, JobFate otherwise) {
    const std::string expected = "run, wait, fail, or a status such as 400";
    const auto word = map.scalar(key, expected);
    if (!word) return otherwise;
    if (*word == "run") return {JobFate::Kind::run};
    if (*word == "wait") return {JobFate::Kind::wait};
    if (*word == "fail") return {JobFate::Kind::fail};
    const auto status = status_in(*word);
    if (status) return {JobFate::Kind::refuse, *status};
    map.problem(key, "expected " + expected + ", not `" + *word + "`");
    return otherwise;
}

void read_fates(YamlMap& unknowns, JobFates& fates) {
    auto map = unknowns.inner("jobs_for");
    if (!map) return;
    fates.on_demand = read_fate(*map, "on_demand", fates.on_demand);
    fates.suspended = read_fate(*map, "suspended", fates.suspended);
    fates.deleted = read_fate(*map, "deleted", fates.deleted);
    fates.other_class = read_fate(*map, "other_class", fates.other_class);
    fates.credentials = read_fate(*map, "credentials", fates.credentials);
    map->finish();
}

void read_shape(YamlMap& unknowns, const std::string& key, RefusalShape& shape) {
    auto map = unknowns.inner(key);
    if (!map) return;
    shape.status = read_status(*map, "status", shape.status);
    shape.body = map->one_of<BodyForm>("body",
                                       {{"json", BodyForm::json},
                                        {"html", BodyForm::html},
                                        {"text", BodyForm::text},
                                        {"empty", BodyForm::empty}},
                                       shape.body);
    shape.retry_after = map->one_of<RetryAfter>(
        "retry_after",
        {{"none", RetryAfter::none}, {"seconds", RetryAfter::seconds}, {"date", RetryAfter::date}},
        shape.retry_after);
    map->finish();
}

std::map<std::string, std::string> read_types(YamlMap& unknowns) {
    std::map<std::string, std::string> types;
    const auto node = unknowns.get("variable_types");
    if (!node.IsDefined()) return types;
    const auto refuse = [&] {
        unknowns.problem("variable_types", "expected a map of types to texts, such as {boolean: Boolean}");
    };
    if (!node.IsMap()) {
        refuse();
        return types;
    }
    for (const auto& pair : node) {
        if (!pair.first.IsScalar() || !pair.second.IsScalar()) {
            refuse();
            return types;
        }
        types[pair.first.Scalar()] = pair.second.Scalar();
    }
    return types;
}

void read_token(YamlMap& unknowns, TokenTraits& token) {
    auto map = unknowns.inner("token");
    if (!map) return;
    token.refresh_token = map->flag("refresh_token", token.refresh_token);
    if (map->get("per_minute").IsDefined()) token.per_minute = map->number("per_minute", 1, 1'000'000, 1);
    token.refused = read_status(*map, "refused", token.refused);
    map->finish();
}

void read_request_rate(YamlMap& unknowns, Unknowns& read) {
    auto map = unknowns.inner("request_rate");
    if (!map) return;
    read.write_fields = map->flag("write_fields", read.write_fields);
    map->finish();
}

}  // namespace

Unknowns read_unknowns(YamlMap& top) {
    Unknowns read;
    auto map = top.inner("unknowns");
    if (!map) return read;
    read_times(*map, read.times);
    // A plain `null` is an absent key, which says the same.
    read.empty_results_are_lists =
        map->one_of<bool>("empty_results", {{"null", false}, {"list", true}}, read.empty_results_are_lists);
    read_order(*map, read.order);
    read_output(*map, read.output);
    read.job_retention = map->optional_span("job_retention");
    read_refusals(*map, read.refusals);
    read_shape(*map, "over_limit", read.over_limit);
    read_shape(*map, "blocked", read.blocked);
    read_fates(*map, read.jobs_for);
    read.variable_types = read_types(*map);
    read.timed_out = map->one_of<JobStatus>("timed_out",
                                            {{"Failure", JobStatus::failure},
                                             {"Expired", JobStatus::expired},
                                             {"Warning", JobStatus::warning},
                                             {"Retired", JobStatus::retired}},
                                            read.timed_out);
    read_token(*map, read.token);
    read_request_rate(*map, read);
    map->finish();
    return read;
}

}  // namespace runbookd::sandbox
