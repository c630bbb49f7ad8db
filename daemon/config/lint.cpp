#include "config/lint.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "config/account_view.hpp"
#include "config/report.hpp"
#include "config/runbook_text.hpp"
#include "lint/lint.hpp"

namespace runbookd::config {
namespace {

const Node* item(const Node& node, std::string_view digits) {
    std::size_t index = node.items.size();
    std::from_chars(digits.data(), digits.data() + digits.size(), index);
    return index < node.items.size() ? node.items[index].get() : nullptr;
}

/// What stands under a path such as "schedule[1].cron"; null: nothing.
const Node* find(const Node& root, std::string_view path) {
    const auto* node = &root;
    while (node != nullptr && !path.empty()) {
        if (path.front() == '[') {
            const auto end = path.find(']');
            node = item(*node, path.substr(1, end - 1));
            path.remove_prefix(end + 1);
            continue;
        }
        if (path.front() == '.') path.remove_prefix(1);
        const auto end = std::min(path.find_first_of(".["), path.size());
        const auto* entry = node->find(path.substr(0, end));
        node = entry == nullptr ? nullptr : entry->value.get();
        path.remove_prefix(end);
    }
    return node;
}

/// Of the path, else of the nearest part of the file that holds it.
Mark place_of(const Node& root, std::string_view path) {
    for (;;) {
        if (const auto* node = find(root, path)) return node->mark;
        const auto end = path.find_last_of(".[");
        if (end == std::string_view::npos) return root.mark;
        path = path.substr(0, end);
    }
}

lint::DefaultZone default_zone_of(const runbook::Runbook& runbook, const Settings& settings) {
    if (settings.account.name.empty()) return lint::DefaultZone::unknown;
    return account_of(settings, runbook.account).timezone_is_written ? lint::DefaultZone::written
                                                                     : lint::DefaultZone::nobodys;
}

/// A relay says itself what it lets through.
std::optional<std::int64_t> creates_per_minute(const AccountSettings& account) {
    const auto mode = account.limits.mode;
    if (account.name.empty() || mode == Limits::Mode::off) return std::nullopt;
    if (account.api == Api::seed && mode == Limits::Mode::auto_detect) return std::nullopt;
    return static_cast<std::int64_t>(static_cast<double>(account.limits.creates) * account.budget_share);
}

}  // namespace

std::vector<Diagnostic> lint_runbook(const runbook::Runbook& runbook, const Settings& settings, UtcTime now) {
    const auto tree = runbook_tree(runbook.yaml, settings);
    if (!tree) return {};
    const auto& root = *tree;
    const auto is_written = [&](std::string_view path) { return find(root, path) != nullptr; };
    Report report(runbook.file, settings.runbook_defaults.file);
    const auto& account = account_of(settings, runbook.account);
    for (auto& found : lint::check({runbook, default_zone_of(runbook, settings), now, is_written,
                                    creates_per_minute(account), account.api == Api::seed})) {
        report.warning(place_of(root, found.path), found.path,
                       {std::move(found.code), std::move(found.message), std::move(found.expected),
                        std::move(found.suggestion)});
    }
    return report.take();
}

}  // namespace runbookd::config
