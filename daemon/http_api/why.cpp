#include "http_api/why.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "http_api/or_null.hpp"
#include "http_api/views.hpp"
#include "http_api/why_words.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

std::string text_at(const Json& row, const char* key) {
    const auto found = row.find(key);
    if (found == row.end() || found->is_null()) return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
}

/// What started the run, with the alert or the run that it goes back to.
std::string started_by(const Json& run) {
    auto trigger = text_at(run, "trigger");
    const auto cause = text_at(run, "cause_uid");
    if (trigger == "alert" && !cause.empty()) return "alert " + cause;
    if (trigger == "outcome" && !cause.empty()) return "outcome of run " + cause;
    return trigger;
}

bool is_set(const Json& row, const char* key) {
    const auto found = row.find(key);
    return found != row.end() && found->is_number() && found->get<std::int64_t>() != 0;
}

Json first_of(const ports::Rows& rows) { return rows.rows.empty() ? Json() : row_view(rows, 0); }

/// Columns that only order or choose are no part of the proof.
Json without_marks(Json row) {
    for (const auto* mark : {"is_in_force", "instant_ms", "is_narrowed", "begun_ms"}) row.erase(mark);
    return row;
}

struct Finding {
    std::string rule;
    std::string answer;
};

/// Goes from the runbook over the occurrence and the run to the device; the first that decides is the answer.
class Inquiry {
public:
    Inquiry(const WhyQuestion& question, const ports::WhyFacts& facts)
        : question_(question),
          facts_(facts),
          device_(first_of(facts.devices)),
          occurrence_(first_of(facts.occurrences)),
          run_(first_of(facts.runs)),
          target_(first_of(facts.targets)),
          exclusion_(first_of(facts.exclusions)) {
        for (std::size_t i = 0; i < facts.revisions.rows.size(); ++i) {
            auto row = row_view(facts.revisions, i);
            if (i == 0) revision_ = row;
        }
    }

    [[nodiscard]] Finding decide() const {
        if (text_at(revision_, "effective_from") > format_utc(question_.at)) return not_yet();
        const bool is_gone = !is_set(revision_, "is_in_force");
        if (is_gone && (question_.is_of_then || run_.is_null())) return not_any_more();
        if (is_occurrence_newer()) return of_occurrence();
        if (run_.is_null()) return nothing_due();
        if (!target_.is_null()) return of_target();
        if (!exclusion_.is_null()) return excluded();
        if (text_at(run_, "started_at").empty()) return not_begun();
        return not_selected();
    }

    [[nodiscard]] Json evidence() const {
        auto list = Json::array();
        add(list, "runbook_revisions", revision_, "effective_from",
            "revision " + text_at(revision_, "revision") + " took effect");
        if (!occurrence_.is_null())
            add(list, "occurrence_history", occurrence_, "nominal_at",
                text_at(occurrence_, "verdict") + with_reason(text_at(occurrence_, "reason")));
        for (std::size_t i = 0; i < facts_.pauses.rows.size(); ++i) {
            const auto pause = row_view(facts_.pauses, i);
            add(list, "pause_history", pause, "from_at",
                "paused by " + text_at(pause, "actor") + ": " + text_at(pause, "reason"));
        }
        if (!run_.is_null())
            add(list, "run_history", run_, "started_at",
                "run " + text_at(run_, "run_uid") + ", " + started_by(run_) + ", " + text_at(run_, "status") +
                    with_reason(text_at(run_, "reason")));
        if (!target_.is_null())
            add(list, "target_ledger", target_, "decided_at",
                text_at(target_, "disposition") + with_reason(text_at(target_, "reason")));
        for (std::size_t i = 0; i < facts_.exclusions.rows.size(); ++i) {
            const auto row = row_view(facts_.exclusions, i);
            add(list, "target_exclusions", row, "", text_at(row, "rule") + ": " + text_at(row, "reason"));
        }
        for (std::size_t i = 0; i < facts_.jobs.rows.size(); ++i) {
            const auto job = row_view(facts_.jobs, i);
            add(list, "job_history", job, "created_at",
                "job " + text_at(job, "job_uid") + ", " + text_at(job, "status") +
                    with_reason(text_at(job, "reason")));
        }
        for (std::size_t i = 0; i < facts_.events.rows.size(); ++i) {
            const auto event = row_view(facts_.events, i);
            add(list, "event_trail", event, "at", words_of(event));
        }
        return list;
    }

    [[nodiscard]] const Json& device() const { return device_; }

private:
    static std::string with_reason(const std::string& reason) {
        return reason.empty() ? reason : " (" + reason + ")";
    }
    /// "run.rejected by carol: not on a Friday"
    static std::string words_of(const Json& event) {
        const auto kind = text_at(event, "kind");
        const bool is_word = kind == "run.approved" || kind == "run.rejected";
        auto words = kind;
        if (const auto actor = text_at(event, "actor"); is_word && !actor.empty()) words += " by " + actor;
        auto message = message_of(event);
        if (const auto data = event.find("data");
            is_word && message.empty() && data != event.end() && data->is_object())
            message = text_at(*data, "note");
        return message.empty() ? words : words + ": " + message;
    }
    static std::string message_of(const Json& event) {
        const auto data = event.find("data");
        return data == event.end() || !data->is_object() ? std::string{} : text_at(*data, "message");
    }
    static void add(Json& list, const char* view, const Json& row, const char* time,
                    const std::string& says) {
        Json one;
        one["view"] = view;
        one["seq"] = row.value("seq", Json(nullptr));
        one["at"] = text_or_null(text_at(row, time));
        one["says"] = says;
        one["row"] = without_marks(row);
        list.push_back(std::move(one));
    }
    /// What an event of that subject says of it; empty: nothing.
    [[nodiscard]] std::string told_of(const std::string& subject_uid) const {
        std::string message;
        for (std::size_t i = 0; i < facts_.events.rows.size(); ++i) {
            const auto event = row_view(facts_.events, i);
            if (text_at(event, "subject_uid") == subject_uid)
                if (auto told = message_of(event); !told.empty()) message = std::move(told);
        }
        return message;
    }

    [[nodiscard]] std::string hostname() const { return text_at(device_, "hostname"); }
    [[nodiscard]] std::string run_words() const {
        const auto began = text_at(run_, "started_at");
        return "run " + text_at(run_, "run_uid") + (began.empty() ? "" : " of " + spoken_time(began));
    }
    [[nodiscard]] std::string asked_time() const { return spoken_time(format_utc(question_.at)); }

    [[nodiscard]] Finding not_yet() const {
        return {"not_in_force", question_.runbook + " did not exist at " + asked_time() +
                                    ": its first text took effect at " +
                                    spoken_time(text_at(revision_, "effective_from")) + "."};
    }
    [[nodiscard]] Finding not_any_more() const {
        return {"not_in_force", question_.runbook + " was not in force at " + asked_time() +
                                    ": its file was taken away at " +
                                    spoken_time(text_at(revision_, "effective_until")) + "."};
    }
    [[nodiscard]] Finding nothing_due() const {
        return {"nothing_due", question_.runbook + " was in force (revision " +
                                   text_at(revision_, "revision") + "), and up to " + asked_time() +
                                   " nothing was due and nobody had started it."};
    }
    /// Whether the newest verdict has no run, and no run came after it.
    [[nodiscard]] bool is_occurrence_newer() const {
        if (occurrence_.is_null() || !text_at(occurrence_, "run_uid").empty()) return false;
        return run_.is_null() ||
               occurrence_["instant_ms"].get<std::int64_t>() > run_["begun_ms"].get<std::int64_t>();
    }
    [[nodiscard]] Finding of_occurrence() const {
        const auto verdict = text_at(occurrence_, "verdict");
        const auto reason = text_at(occurrence_, "reason");
        auto answer = question_.runbook + " did not run on " + hostname() +
                      " or any other device: the occurrence of " +
                      spoken_time(format_utc(from_unix_ms(occurrence_["instant_ms"].get<std::int64_t>()))) +
                      " " + verdict_in_words(verdict, reason);
        if (reason == "paused" && !facts_.pauses.rows.empty()) {
            const auto pause = row_view(facts_.pauses, 0);
            answer += " by " + text_at(pause, "actor") + " (" + text_at(pause, "reason") + ")";
        }
        answer += ".";
        if (!run_.is_null()) answer += " The newest run before it is " + run_words() + ".";
        return {reason.empty() ? verdict : reason, answer};
    }
    [[nodiscard]] Finding not_begun() const {
        const auto status = text_at(run_, "status");
        if (status == "planned") {
            auto answer = question_.runbook + " has not begun: " + run_words() +
                          " is planned, and its targets are not frozen yet.";
            return {"planned", std::move(answer)};
        }
        const auto cause = text_at(occurrence_, "run_uid") == text_at(run_, "run_uid")
                               ? text_at(occurrence_, "reason")
                               : text_at(run_, "reason");
        return {cause, question_.runbook + " did not run on " + hostname() + " or any other device: " +
                           run_words() + " never began, for " + reason_in_words(cause) + "."};
    }
    [[nodiscard]] Finding excluded() const {
        const auto rule = text_at(exclusion_, "rule");
        return {rule, question_.runbook + " left " + hostname() + " out of " + run_words() + " by the rule " +
                          rule + ": " + text_at(exclusion_, "reason") + "."};
    }
    [[nodiscard]] Finding not_selected() const {
        if (const auto told = told_of(text_at(run_, "run_uid"));
            text_at(run_, "targets") == "0" && !told.empty())
            return {text_at(run_, "reason"), question_.runbook + " did not run on " + hostname() + ": " +
                                                 run_words() + " was " + text_at(run_, "status") +
                                                 " without targets: " + told + "."};
        if (is_set(run_, "is_narrowed"))
            return {"narrowed", question_.runbook + " did not run on " + hostname() + ": " + run_words() +
                                    " was narrowed to other devices or sites by " + starter() + "."};
        auto answer = question_.runbook + " never selected " + hostname() + ": no include of revision " +
                      text_at(run_, "revision") + " matched it when the targets of " + run_words() +
                      " were frozen (the record lists only devices that an include matched).";
        const auto began = text_at(run_, "started_at");
        if (const auto seen = text_at(device_, "first_seen_at"); seen > began)
            answer += " It came into the account's list later, at " + spoken_time(seen) + ".";
        else if (const auto gone = text_at(device_, "gone_at"); !gone.empty() && gone <= began)
            answer += " It had gone from the account's list at " + spoken_time(gone) + ".";
        return {"not_selected", std::move(answer)};
    }
    [[nodiscard]] std::string starter() const {
        const auto actor = text_at(run_, "actor");
        return actor.empty() ? "whoever started it" : actor;
    }
    [[nodiscard]] Finding of_target() const {
        const auto disposition = text_at(target_, "disposition");
        const auto reason = text_at(target_, "reason");
        const auto in_run = " in " + run_words();
        if (disposition == "pending") return {"pending", pending_answer(in_run)};
        if (disposition == "succeeded" || disposition == "warning")
            return {disposition, question_.runbook + " ran on " + hostname() + in_run + ": job " +
                                     text_at(target_, "job_uid") + " ended " +
                                     (disposition == "warning" ? "with warnings" : "successfully") + " at " +
                                     spoken_time(text_at(target_, "decided_at")) + "."};
        auto answer =
            question_.runbook + " " + disposition_in_words(disposition) + " on " + hostname() + in_run;
        if (!reason.empty()) answer += ": " + reason_in_words(disposition, reason);
        const auto told = told_of(text_at(run_, "run_uid") + "/" + text_at(device_, "device_uid"));
        if (!told.empty() && told != reason_in_words(disposition, reason)) answer += " (" + told + ")";
        return {reason.empty() ? disposition : reason, answer + "."};
    }
    [[nodiscard]] std::string pending_answer(const std::string& in_run) const {
        auto answer = question_.runbook + " is not decided yet on " + hostname() + in_run + ": ";
        if (facts_.jobs.rows.empty() && text_at(run_, "status") == "waiting" &&
            text_at(run_, "reason") == "approval")
            return answer + "the run waits until somebody approves it (runbookctl approve " +
                   text_at(run_, "run_uid") + "); that may happen until " +
                   spoken_time(text_at(run_, "window_end")) + ".";
        if (facts_.jobs.rows.empty())
            return answer + "no job has been created yet; that may happen until " +
                   spoken_time(text_at(run_, "window_end")) + ".";
        const auto job = row_view(facts_.jobs, facts_.jobs.rows.size() - 1);
        const auto status = text_at(job, "status");
        answer += "its job " + text_at(job, "job_uid") + " is " + status;
        const bool has_ended = status == "completed" || status == "failed" || status == "timeout";
        return answer + (has_ended ? what_follows() : "") + ".";
    }
    /// The end of a job leaves a target open that gets another try, or has steps to go.
    [[nodiscard]] std::string what_follows() const {
        const auto target = text_at(run_, "run_uid") + "/" + text_at(device_, "device_uid");
        std::string words;
        for (std::size_t i = 0; i < facts_.events.rows.size(); ++i) {
            const auto event = row_view(facts_.events, i);
            if (text_at(event, "subject_uid") != target) continue;
            const auto kind = text_at(event, "kind");
            const auto data = event.value("data", Json::object());
            if (kind == "target.retry") {
                words = ", and another try is due at " + spoken_time(text_at(data, "next_at"));
            } else if (kind == "target.stepped") {
                words = "; its step '" + text_at(data, "step") + "' ended as " + text_at(data, "end") +
                        ", and the next one waits for its turn, or for the device to come back";
            }
        }
        return words;
    }

    const WhyQuestion& question_;
    const ports::WhyFacts& facts_;
    Json device_, revision_, occurrence_, run_, target_, exclusion_;
};

}  // namespace

Json why_view(const WhyQuestion& question, const ports::WhyFacts& facts) {
    const Inquiry inquiry(question, facts);
    const auto [rule, answer] = inquiry.decide();
    Json view;
    view["runbook"] = question.runbook;
    view["device_uid"] = inquiry.device().value("device_uid", Json(nullptr));
    view["hostname"] = inquiry.device().value("hostname", Json(nullptr));
    view["at"] = format_utc(question.at);
    view["rule"] = rule;
    view["answer"] = answer;
    view["evidence"] = inquiry.evidence();
    return view;
}

}  // namespace runbookd::http_api
