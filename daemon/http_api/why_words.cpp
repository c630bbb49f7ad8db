#include "http_api/why_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace runbookd::http_api {
namespace {

using Words = std::pair<std::string_view, std::string_view>;

constexpr std::array kReasons{
    Words{"offline", "it was offline"},
    Words{"overlap", "an earlier run of this runbook had not decided it yet"},
    Words{"device_busy", "a job of another runbook was on it"},
    Words{"excluded_state", "it was deleted, suspended or the like after the targets were frozen"},
    Words{"paused", "the runbook was paused"},
    Words{"storm", "more starts were triggered than max_per_hour allows"},
    Words{"not_approved", "nobody approved it"},
    Words{"window_closed", "the window closed before its job could be created"},
    Words{"blackout", "not_during let nothing be created"},
    Words{"catch_up", "a newer occurrence was caught up instead"},
    Words{"null_variable", "a variable had no value for it"},
    Words{"guard", "the guard stopped the run"},
    Words{"abort_when", "the run was stopped by abort_when"},
    Words{"did_not_return", "it did not come back in time"},
    Words{"by_person", "a person said so"},
    Words{"pending_upstream", "Datto still held a job of this runbook for it"},
    Words{"datto_failure", "Datto reported a failure"},
    Words{"datto_expired", "Datto let the job expire"},
    Words{"retired", "Datto retired the job"},
    Words{"success_rule", "a rule of success was not met"},
    Words{"exit_code", "its script ended with an exit code that is no success"},
    Words{"rejected", "the job was refused before it began"},
    Words{"device_offline", "it was offline when the job was created"},
    Words{"deadline", "the job ran longer than the runbook's timeout"},
    Words{"unknown_dispatch", "the create got no answer, and the job was not found afterwards"},
    Words{"not_sent", "runbookd was stopped before its job could be sent"},
    Words{"warnings", "Datto reported warnings"},
    Words{"daemon_down", "runbookd was not running"},
    Words{"daemon_stalled", "runbookd stood still"},
    Words{"clock_stepped", "the clock was set past it"},
    Words{"store_restored", "the record was put back to an earlier state, and what became of it is lost"},
    Words{"fleet_not_read", "the account's devices could not be read in time"},
    Words{"api_unavailable", "the API could not be reached"},
    Words{"revision_unreadable", "this version cannot read the runbook's text of that time"},
};

}  // namespace

std::string reason_in_words(std::string_view reason) {
    const auto* const found = std::find_if(kReasons.begin(), kReasons.end(),
                                           [&](const Words& words) { return words.first == reason; });
    return std::string(found == kReasons.end() ? reason : found->second);
}

std::string reason_in_words(std::string_view disposition, std::string_view reason) {
    if (disposition == "cancelled" && reason == "overlap")
        return "a later run of this runbook has taken the device (overlap: stop_previous)";
    return reason_in_words(reason);
}

std::string disposition_in_words(std::string_view disposition) {
    if (disposition == "failed") return "failed";
    if (disposition == "timeout") return "ran out of time";
    if (disposition == "expired") return "was not picked up in time";
    if (disposition == "unknown") return "may or may not have run";
    return "was " + std::string(disposition);
}

std::string verdict_in_words(std::string_view verdict, std::string_view reason) {
    return "was " + std::string(verdict) + (reason.empty() ? "" : ": " + reason_in_words(reason));
}

std::string spoken_time(std::string_view iso) {
    constexpr std::size_t kToSeconds = 19;  // 2026-12-01T02:00:03
    if (iso.size() < kToSeconds) return std::string(iso);
    auto text = std::string(iso.substr(0, kToSeconds));
    text[10] = ' ';
    return text + " UTC";
}

}  // namespace runbookd::http_api
