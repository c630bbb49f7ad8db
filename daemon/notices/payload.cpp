#include "notices/payload.hpp"

#include <algorithm>
#include <array>

#include "base/sha256.hpp"

namespace runbookd::notices {

using nlohmann::json;
using runbook::Condition;
using runbook::NoticesPer;

namespace {

constexpr int kVersion = 1;
constexpr std::size_t kUidLetters = 32;

/// "3 failed, 1 unknown of 40 devices".
std::string counted(const Row& counts) {
    constexpr std::array<std::string_view, 7> kTold{"failed",    "timeout", "expired", "halted",
                                                    "cancelled", "unknown", "warning"};
    std::string text;
    for (const auto column : kTold)
        if (const auto count = count_of(counts, column); count > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(column);
    const auto all = count_of(counts, "targets");
    const auto devices = std::to_string(all) + (all == 1 ? " device" : " devices");
    return text.empty() ? devices : text + " of " + devices;
}

/// The word for the weightiest of the conditions.
std::string what_happened(const Conditions& on, const Row& run) {
    const auto has = [&](Condition condition) {
        return std::find(on.begin(), on.end(), condition) != on.end();
    };
    if (has(Condition::guard_refused)) return "was refused by its guard";
    if (has(Condition::aborted)) return "was aborted";
    if (has(Condition::failed)) return "failed";
    if (has(Condition::recovered)) return "has recovered";
    if (has(Condition::waiting)) return "is waiting";
    return "ended as " + text_of(run, "status");
}

std::string occurrence_text(const Event& event, const Part& part) {
    const auto& row = event.occurrence;
    const auto count = count_of(row, "count");
    const bool is_missed = part.on.front() == Condition::missed;
    auto text = event.runbook + (is_missed ? " missed " : " began late ");
    if (count > 1)
        text += std::to_string(count) + " times from " + text_of(row, "nominal_at") + " to " +
                text_of(row, "nominal_until");
    else
        text += (is_missed ? "" : "for ") + text_of(row, "nominal_at");
    if (const auto customer = text_of(row, "customer"); !customer.empty()) text += " of " + customer;
    if (const auto reason = text_of(row, "reason"); !reason.empty()) text += ": " + reason;
    return text;
}

std::string target_text(const Event& event, const Part& part) {
    auto text = event.runbook + " on " + text_of(*part.target, "hostname") + ": " +
                text_of(*part.target, "disposition");
    if (const auto reason = text_of(*part.target, "reason"); !reason.empty()) text += " (" + reason + ")";
    return text;
}

std::string approval_text(const Event& event) {
    const auto& run = event.run.run;
    auto text = event.runbook + " asks for approval";
    if (const auto customer = text_of(run, "customer"); !customer.empty()) text += " for " + customer;
    return text + ": " + counted(run) + " at " + text_of(run, "nominal_at");
}

std::string text_of_part(const Event& event, const Part& part) {
    if (event.kind == Event::Kind::approval_requested) return approval_text(event);
    if (event.kind == Event::Kind::occurrence_decided) return occurrence_text(event, part);
    std::string text;
    if (part.target != nullptr) {
        text = target_text(event, part);
    } else {
        const auto& counts = part.customer == nullptr ? event.run.run : *part.customer;
        text = event.runbook + " " + what_happened(part.on, event.run.run);
        const auto customer = text_of(counts, "customer");
        if (!customer.empty()) text += " for " + customer;
        const auto reason = text_of(event.run.run, "reason");
        text += ": " + counted(counts) + (reason.empty() ? "" : " (" + reason + ")");
    }
    if (part.more > 0) text += "; " + std::to_string(part.more) + " more are not told one by one";
    return text;
}

}  // namespace

std::string notice_uid(const Event& event, const std::string& to, const Part& part) {
    const auto whole = std::to_string(event.seq) + "\n" + format_utc(event.at) + "\n" + to + "\n" +
                       std::string(runbook::to_text(part.per)) + "\n" + part.subject;
    return sha256_hex(whole).substr(0, kUidLetters);
}

json payload_of(const Event& event, const std::string& to, const Part& part) {
    json payload{{"version", kVersion},
                 {"id", notice_uid(event, to, part)},
                 {"event", event.seq},
                 {"at", format_utc(event.at)},
                 {"to", to},
                 {"per", std::string(runbook::to_text(part.per))},
                 {"runbook", event.runbook},
                 {"text", text_of_part(event, part)}};
    for (const auto condition : part.on) payload["on"].push_back(std::string(runbook::to_text(condition)));
    if (event.kind == Event::Kind::occurrence_decided) {
        payload["occurrence"] = event.occurrence;
        return payload;
    }
    payload["run"] = event.run.run;
    if (part.customer != nullptr) payload["customer"] = *part.customer;
    if (part.target != nullptr) payload["target"] = *part.target;
    if (part.more > 0) payload["more"] = part.more;
    return payload;
}

}  // namespace runbookd::notices
