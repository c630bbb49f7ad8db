#include "sandbox/fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/spelling.hpp"
#include "sandbox/draws.hpp"
#include "sandbox/uid.hpp"

namespace runbookd::sandbox {
namespace {

using nlohmann::json;

struct KindDefaults {
    std::string_view name;
    int status;
    Millis delay;
};

// Five minutes is how long Datto's help says an address stays blocked.
constexpr std::string_view kAnyOperation = "any";

constexpr std::array<KindDefaults, 8> kKinds = {{{"status", 500, Millis{0}},
                                                 {"reset_before", 0, Millis{0}},
                                                 {"reset_after", 0, Millis{0}},
                                                 {"slow", 0, Millis{5000}},
                                                 {"cut", 0, Millis{0}},
                                                 {"bad_json", 0, Millis{0}},
                                                 {"html", 502, Millis{0}},
                                                 {"block", 403, Millis{300'000}}}};
static_assert(kKinds.size() == static_cast<std::size_t>(FaultKind::block) + 1);

std::string did_you_mean(std::string_view word, const std::vector<std::string>& valid) {
    const auto close = nearest(word, valid, 1);
    if (!close.empty()) return "; did you mean `" + close.front() + "`?";
    std::string all = "; expected one of: ";
    for (const auto& each : valid) all += (&each == &valid.front() ? "" : ", ") + each;
    return all;
}

std::optional<int> number_in(const json& value) {
    if (value.is_number_integer()) {
        const auto number = value.get<std::int64_t>();
        if (number < 0 || number > 1'000'000'000) return std::nullopt;
        return static_cast<int>(number);
    }
    if (!value.is_string()) return std::nullopt;
    const auto& text = value.get_ref<const std::string&>();
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

Result<int> whole_number(const json& fault, const char* key, int least, int most, int otherwise) {
    if (!fault.contains(key)) return otherwise;
    const auto number = number_in(fault[key]);
    if (!number || *number < least || *number > most) {
        return fail(ErrorCode::invalid_input, std::string("fault.") + key +
                                                  ": expected a whole number from " + std::to_string(least) +
                                                  " to " + std::to_string(most));
    }
    return *number;
}

Result<Millis> delay_of(const json& fault, Millis otherwise) {
    if (!fault.contains("delay")) return otherwise;
    const auto& value = fault["delay"];
    if (const auto number = number_in(value)) return Millis{*number};
    if (value.is_string()) {
        if (auto span = parse_duration(value.get_ref<const std::string&>())) return *span;
    }
    return fail(ErrorCode::invalid_input, "fault.delay: expected a span such as 5s, or milliseconds");
}

Result<std::string> word_of(const json& fault, const char* key) {
    if (!fault.contains(key) || !fault[key].is_string()) {
        return fail(ErrorCode::invalid_input,
                    std::string("fault.") + key + ": expected a name, none is given");
    }
    return fault[key].get<std::string>();
}

std::optional<Error> unknown_key(const json& fault) {
    static const std::vector<std::string> kKeys = {"operation", "nth",  "times",  "share",
                                                   "seed",      "kind", "status", "delay"};
    for (const auto& [key, value] : fault.items()) {
        if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
            return Error{ErrorCode::invalid_input,
                         "fault." + key + ": unknown key" + did_you_mean(key, kKeys)};
        }
    }
    return std::nullopt;
}

Result<std::optional<Operation>> operation_of(const json& fault) {
    const auto word = word_of(fault, "operation");
    if (!word) return tl::unexpected<Error>(word.error());
    if (*word == kAnyOperation) return std::optional<Operation>{};
    const auto operation = operation_named(*word);
    if (operation) return operation;
    auto names = operation_names();
    names.emplace_back(kAnyOperation);
    return fail(ErrorCode::invalid_input,
                "fault.operation: unknown operation `" + *word + "`" + did_you_mean(*word, names));
}

Result<FaultKind> kind_of(const json& fault) {
    const auto word = word_of(fault, "kind");
    if (!word) return tl::unexpected<Error>(word.error());
    std::vector<std::string> names;
    for (const auto& each : kKinds) names.emplace_back(each.name);
    const auto found = std::find(names.begin(), names.end(), *word);
    if (found != names.end()) return static_cast<FaultKind>(found - names.begin());
    return fail(ErrorCode::invalid_input,
                "fault.kind: unknown kind `" + *word + "`" + did_you_mean(*word, names));
}

Result<std::optional<double>> share_of(const json& fault) {
    if (!fault.contains("share")) return std::optional<double>{};
    const auto& value = fault["share"];
    const auto share =
        value.is_string() ? parse_share(value.get_ref<const std::string&>()) : std::optional<double>{};
    if (share) return share;
    return fail(ErrorCode::invalid_input, "fault.share: expected a share of the calls such as 2%");
}

}  // namespace

std::string_view name_of(FaultKind kind) { return kKinds[static_cast<std::size_t>(kind)].name; }

Result<Fault> parse_fault(const json& value) {
    if (!value.is_object()) {
        return fail(ErrorCode::invalid_input,
                    "fault: expected a map such as {operation: quickjob, kind: reset_after}");
    }
    if (auto error = unknown_key(value)) return tl::unexpected<Error>(*error);
    const auto operation = operation_of(value);
    if (!operation) return tl::unexpected<Error>(operation.error());
    const auto kind = kind_of(value);
    if (!kind) return tl::unexpected<Error>(kind.error());
    const auto& defaults = kKinds[static_cast<std::size_t>(*kind)];
    const auto share = share_of(value);
    if (!share) return tl::unexpected<Error>(share.error());
    const auto seed = whole_number(value, "seed", 0, 1'000'000'000, 0);
    if (!seed) return tl::unexpected<Error>(seed.error());
    const auto nth = whole_number(value, "nth", 1, 1'000'000'000, 1);
    if (!nth) return tl::unexpected<Error>(nth.error());
    const auto times = whole_number(value, "times", 0, 1'000'000'000, *share ? 0 : 1);
    if (!times) return tl::unexpected<Error>(times.error());
    const auto status = whole_number(value, "status", 200, 599, defaults.status);
    if (!status) return tl::unexpected<Error>(status.error());
    const auto delay = delay_of(value, defaults.delay);
    if (!delay) return tl::unexpected<Error>(delay.error());
    Fault fault;
    fault.operation = *operation;
    fault.nth = *nth;
    fault.times = *times;
    fault.share = *share;
    fault.seed = static_cast<std::uint64_t>(*seed);
    fault.kind = *kind;
    fault.status = *status;
    fault.delay = *delay;
    return fault;
}

void Faults::set(std::vector<Fault> faults) {
    faults_.clear();
    for (auto& fault : faults) faults_.push_back(Counted{fault});
}

bool Faults::hits(const Counted& counted, std::uint64_t place) {
    const auto& fault = counted.fault;
    const auto past = counted.seen - fault.nth;
    if (past < 0) return false;
    if (!fault.share) return fault.times == 0 || past < fault.times;
    if (fault.times != 0 && counted.struck >= fault.times) return false;
    // The place keeps two faults of one seed from striking together.
    return fraction(scramble(static_cast<std::uint64_t>(counted.seen), scramble(fault.seed, place))) <
           *fault.share;
}

std::optional<Fault> Faults::strike(Operation operation) {
    std::optional<Fault> met;
    std::uint64_t place = 0;
    for (auto& counted : faults_) {
        ++place;
        if (counted.fault.operation && counted.fault.operation != operation) continue;
        ++counted.seen;
        if (met || !hits(counted, place)) continue;
        ++counted.struck;
        met = counted.fault;
    }
    return met;
}

json Faults::describe() const {
    auto all = json::array();
    for (const auto& [fault, seen, struck] : faults_) {
        all.push_back({{"operation", fault.operation ? name_of(*fault.operation) : kAnyOperation},
                       {"nth", fault.nth},
                       {"times", fault.times},
                       {"share", fault.share ? json(*fault.share) : json()},
                       {"seed", fault.seed},
                       {"kind", name_of(fault.kind)},
                       {"status", fault.status},
                       {"delay", fault.delay.count()},
                       {"seen", seen},
                       {"struck", struck}});
    }
    return all;
}

}  // namespace runbookd::sandbox
