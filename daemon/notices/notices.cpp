#include "notices/notices.hpp"

#include <algorithm>

#include "notices/payload.hpp"

namespace runbookd::notices {

using runbook::Condition;
using runbook::NoticesPer;
using runbook::NotifyRule;

namespace {

struct Addressed {
    std::string to;
    Part part;
};

std::string subject_of(const Event& event) {
    if (event.kind == Event::Kind::occurrence_decided) return text_of(event.occurrence, "nominal_at");
    return text_of(event.run.run, event.kind == Event::Kind::approval_requested ? "approval_uid" : "run_uid");
}

/// Collects what the rules ask for, each part once.
class Collection {
public:
    explicit Collection(const Event& event) : event_(event) {}

    void take(const NotifyRule& rule) {
        const bool is_whole = event_.kind == Event::Kind::occurrence_decided || rule.per == NoticesPer::run ||
                              (rule.per == NoticesPer::customer && event_.run.customers.empty());
        if (is_whole)
            add_whole(rule, conditions_of(event_));
        else if (rule.per == NoticesPer::customer)
            add_customers(rule);
        else
            add_targets(rule);
    }

    [[nodiscard]] const std::vector<Addressed>& all() const { return all_; }

private:
    void add(const NotifyRule& rule, Part part) {
        if (part.on.empty()) return;
        const auto same = std::find_if(all_.begin(), all_.end(), [&](const Addressed& one) {
            return one.to == rule.to && one.part.per == part.per && one.part.subject == part.subject;
        });
        if (same == all_.end()) {
            all_.push_back({rule.to, std::move(part)});
            return;
        }
        auto& on = same->part.on;
        for (const auto condition : part.on)
            if (std::find(on.begin(), on.end(), condition) == on.end()) on.push_back(condition);
        std::sort(on.begin(), on.end());
        same->part.more = std::max(same->part.more, part.more);
    }

    void add_whole(const NotifyRule& rule, const Conditions& met) {
        Part part;
        part.subject = subject_of(event_);
        part.on = asked_for(met, rule);
        add(rule, std::move(part));
    }

    void add_customers(const NotifyRule& rule) {
        std::vector<Part> parts;
        for (const auto& row : event_.run.customers) {
            Part part;
            part.per = NoticesPer::customer;
            part.subject = text_of(row, "customer");
            part.on = asked_for(conditions_of(event_, row), rule);
            part.customer = &row;
            if (!part.on.empty()) parts.push_back(std::move(part));
        }
        add_some(rule, std::move(parts), 0);
    }

    /// What is so of single targets is told for each of them, all else once for the run.
    void add_targets(const NotifyRule& rule) {
        auto whole = asked_for(conditions_of(event_), rule);
        std::vector<Part> parts;
        std::int64_t of_all = 0;
        if (event_.kind == Event::Kind::run_finished) {
            for (const auto& [condition, dispositions] : conditions_of_targets()) {
                if (std::find(rule.on.begin(), rule.on.end(), condition) == rule.on.end()) continue;
                std::int64_t count = 0;
                for (const auto disposition : dispositions) {
                    count += count_of(event_.run.run, disposition);
                    add_parts(parts, condition, disposition);
                }
                of_all += count;
                // A run that failed for another reason than failed targets is told all the same.
                if (count > 0) std::erase(whole, condition);
            }
        }
        add_whole(rule, whole);
        const auto told = static_cast<std::int64_t>(parts.size());
        add_some(rule, std::move(parts), of_all - told);
    }

    void add_parts(std::vector<Part>& parts, Condition condition, std::string_view disposition) const {
        for (const auto& row : event_.run.targets) {
            if (text_of(row, "disposition") != disposition) continue;
            Part part;
            part.per = NoticesPer::device;
            part.subject = text_of(row, "device_uid");
            part.on = {condition};
            part.target = &row;
            parts.push_back(std::move(part));
        }
    }

    /// The first of them; `left_out`: so many more there are that are not even in `parts`.
    void add_some(const NotifyRule& rule, std::vector<Part> parts, std::int64_t left_out) {
        if (parts.size() > kMostOfARun) {
            left_out += static_cast<std::int64_t>(parts.size() - kMostOfARun);
            parts.resize(kMostOfARun);
        }
        if (!parts.empty()) parts.back().more = std::max<std::int64_t>(left_out, 0);
        for (auto& part : parts) add(rule, std::move(part));
    }

    const Event& event_;
    std::vector<Addressed> all_;
};

}  // namespace

std::vector<Notice> notices_of(const Event& event, const runbook::NotifyRules& rules) {
    Collection collection(event);
    for (const auto& rule : rules) collection.take(rule);
    std::vector<Notice> notices;
    for (const auto& [to, part] : collection.all()) {
        auto& notice = notices.emplace_back();
        notice.uid = notice_uid(event, to, part);
        notice.event = event.seq;
        notice.to = to;
        notice.per = part.per;
        notice.subject = part.subject;
        notice.runbook = event.runbook;
        const auto& about = event.kind == Event::Kind::occurrence_decided ? event.occurrence : event.run.run;
        notice.run_uid = text_of(about, "run_uid");
        notice.payload =
            payload_of(event, to, part).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    return notices;
}

}  // namespace runbookd::notices
