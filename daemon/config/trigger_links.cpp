#include "config/trigger_links.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "config/document.hpp"
#include "config/fields.hpp"
#include "config/report.hpp"

namespace runbookd::config {
namespace {

using runbook::OutcomeTrigger;
using runbook::Runbook;

/// Where the runbook's text names the one that its n-th trigger watches. Without a line where a profile does.
Mark place_of(const Runbook& runbook, std::size_t trigger) {
    const auto document = parse_document(runbook.yaml, runbook.file);
    const auto* const triggers = document.root ? document.root->find("triggers") : nullptr;
    if (triggers == nullptr || trigger >= triggers->value->items.size()) return {};
    const auto* const outcome = triggers->value->items[trigger]->find("outcome");
    const auto* const name = outcome == nullptr ? nullptr : outcome->value->find("runbook");
    return name == nullptr ? Mark{} : name->value->mark;
}

class Links {
public:
    explicit Links(const std::vector<const Runbook*>& runbooks) {
        for (const auto* const runbook : runbooks)
            if (runbook != nullptr) by_name_[runbook->name] = runbook;
    }

    [[nodiscard]] std::vector<Diagnostic> check(const Runbook& runbook) const {
        Report report(runbook.file);
        for_each_link(runbook, [&](std::size_t trigger, const OutcomeTrigger& outcome) {
            const auto tell = [&](auto how, Finding finding) {
                (report.*how)(place_of(runbook, trigger),
                              "triggers[" + std::to_string(trigger) + "].outcome.runbook",
                              std::move(finding));
            };
            const auto watched = by_name_.find(outcome.runbook);
            if (watched == by_name_.end())
                return tell(&Report::warning, {.code = "unknown_runbook",
                                               .message = "there is no runbook " + shown(outcome.runbook) +
                                                          " now: this trigger never fires",
                                               .expected = "the name of a runbook",
                                               .suggestion = nearest_of(outcome.runbook, names())});
            if (watched->second->account != runbook.account)
                return tell(&Report::error,
                            {.code = "bad_value",
                             .message = "runbook " + shown(outcome.runbook) + " runs on account " +
                                        shown(watched->second->account) +
                                        ", and outcomes are seen within one account only",
                             .expected = "a runbook of account " + shown(runbook.account)});
            const auto loop = way(outcome.runbook, runbook.name);
            if (loop.empty()) return;
            tell(&Report::error,
                 {.code = "trigger_loop",
                  .message = "these runbooks would start each other for ever: " + written(runbook.name, loop),
                  .expected = "a runbook that this one does not start itself"});
        });
        return report.take();
    }

private:
    template <class Visit>
    static void for_each_link(const Runbook& runbook, const Visit& visit) {
        if (!runbook.triggers) return;
        for (std::size_t i = 0; i < runbook.triggers->list.size(); ++i)
            if (const auto* const outcome = std::get_if<OutcomeTrigger>(&runbook.triggers->list[i]))
                visit(i, *outcome);
    }

    /// From one runbook over those whose outcomes start it, to another; the shortest. Empty: there is none.
    [[nodiscard]] std::vector<std::string> way(const std::string& from, const std::string& to) const {
        std::map<std::string, std::string> came_from;
        std::vector<std::string> next{from};
        std::set<std::string> seen{from};
        for (std::size_t i = 0; i < next.size(); ++i) {
            const auto name = next[i];
            if (name == to) {
                std::vector<std::string> found{to};
                for (auto at = to; at != from;) found.push_back(at = came_from.at(at));
                std::reverse(found.begin(), found.end());
                return found;
            }
            const auto runbook = by_name_.find(name);
            if (runbook == by_name_.end()) continue;
            for_each_link(*runbook->second, [&](std::size_t, const OutcomeTrigger& outcome) {
                if (!seen.insert(outcome.runbook).second) return;
                came_from[outcome.runbook] = name;
                next.push_back(outcome.runbook);
            });
        }
        return {};
    }

    /// In the order in which they would start: what is watched comes before what it starts.
    static std::string written(const std::string& name, std::vector<std::string> loop) {
        std::reverse(loop.begin(), loop.end());
        std::string text = name;
        for (std::size_t i = 1; i < loop.size(); ++i) text += " → " + loop[i];
        return text + " → " + name;
    }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& [name, runbook] : by_name_) names.push_back(name);
        return names;
    }

    std::map<std::string, const Runbook*> by_name_;
};

}  // namespace

std::vector<std::vector<Diagnostic>> check_trigger_links(const std::vector<const Runbook*>& runbooks) {
    const Links links(runbooks);
    std::vector<std::vector<Diagnostic>> found;
    for (const auto* const runbook : runbooks)
        found.push_back(runbook == nullptr ? std::vector<Diagnostic>{} : links.check(*runbook));
    return found;
}

}  // namespace runbookd::config
