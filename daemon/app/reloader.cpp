#include "app/reloader.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "runtime/answer.hpp"

namespace runbookd::app {

namespace asio = boost::asio;

namespace {

tl::unexpected<Error> gone() { return fail(ErrorCode::unavailable, "the daemon is stopping"); }

std::string text_at(const ports::Rows& rows, const char* column) {
    const auto found = std::find(rows.columns.begin(), rows.columns.end(), column);
    if (rows.rows.empty() || found == rows.columns.end()) return {};
    const auto* text =
        std::get_if<std::string>(&rows.rows.front()[static_cast<std::size_t>(found - rows.columns.begin())]);
    return text == nullptr ? std::string{} : *text;
}

/// What each of `count` engines is to call when it is done: the last of them calls `done`, which may be
/// empty.
engine::Engine::Done once_all(std::size_t count, engine::Engine::Done done) {
    if (!done) return {};
    return [left = std::make_shared<std::size_t>(count), done = std::move(done)](Result<void> one) {
        if (!one || --*left == 0) done(std::move(one));
    };
}

}  // namespace

/// Of the settings only these are read again: secrets and who may use them, customers, who can be told, and
/// when each account creates nothing. The others, and which accounts there are, hold until a restart.
Reloader::Reread Reloader::reread_settings() const {
    auto loaded = config::load_settings(parts_.config_file, parts_.zones);
    Reread reread;
    if (!loaded.settings) {
        for (auto& diagnostic : loaded.diagnostics)
            if (diagnostic.severity == config::Severity::error)
                reread.errors.push_back(std::move(diagnostic));
        return reread;
    }
    reread.settings = parts_.settings;
    reread.settings->secrets = std::move(loaded.settings->secrets);
    reread.settings->customers = std::move(loaded.settings->customers);
    reread.settings->notices = std::move(loaded.settings->notices);
    const auto renew = [&](config::AccountSettings& account) {
        const auto& now = config::account_of(*loaded.settings, account.name);
        if (now.name == account.name) account.not_during = now.not_during;
    };
    for (auto& account : reread.settings->accounts) renew(account);
    renew(reread.settings->account);
    return reread;
}

FoundRunbooks Reloader::find(const config::Settings& settings, const secrets::Vault& vault) const {
    auto found = find_runbooks(settings, vault, parts_.zones);
    std::set<std::string> known;
    for (const auto& account : parts_.accounts.all())
        for (const auto& [name, in_force] : account.engine().planner().in_force()) known.insert(name);
    keep_in_doubt(found, known);
    return found;
}

Reloader::Plan Reloader::plan_of(const FoundRunbooks& found) const {
    std::vector<runbook::FoundRunbook> good;
    for (const auto& one : found.good)
        good.push_back({one.name, one.file, runbook::identity_of(one.yaml, one.resolved)});
    std::vector<runbook::RefusedRunbook> refused;
    for (const auto& one : found.bad) refused.push_back({one.name, one.file, one.problem});
    std::vector<runbook::RunbookInForce> present;
    for (const auto& account : parts_.accounts.all())
        for (const auto& [name, in_force] : account.engine().planner().in_force())
            present.push_back({name, in_force.revision, in_force.identity});
    Plan plan{runbook::operations_of(good, refused, present), {}};
    std::set<std::string> changed;
    for (const auto& operation : plan.operations)
        if (operation.kind == runbook::Operation::Kind::change) changed.insert(operation.runbook);
    for (const auto& one : found.good)
        if (changed.contains(one.name)) plan.texts[one.name] = {one.yaml, one.resolved};
    return plan;
}

void Reloader::renew_settings() {
    auto reread = reread_settings();
    hooks_.on_settings_read(reread.errors);
    if (!reread.settings) return;
    parts_.settings = std::move(*reread.settings);
    parts_.vault.renew(declared_secrets(parts_.settings));
}

Reloader::Plan Reloader::take_over(engine::Author author, engine::Engine::Done done) {
    hooks_.before();
    parts_.zones.reread();
    renew_settings();
    auto found = find(parts_.settings, parts_.vault);
    hooks_.on_found(found);
    auto plan = plan_of(found);
    auto by_account = by_accounts(std::move(found.good));
    const auto one_done = once_all(parts_.accounts.all().size(), std::move(done));
    parts_.accounts.tell_all(
        parts_.clock.now(), [&](const runtime::ServedAccount& account, engine::Engine& core, Instant now) {
            core.set_customers(customer_rules(parts_.settings, account.name, parts_.zones), now);
            core.reload({std::move(by_account[account.name]), found.bad, author}, one_done, now);
        });
    hooks_.after();
    return plan;
}

asio::awaitable<Result<std::vector<runbook::Operation>>> Reloader::preview() {
    parts_.zones.reread();
    const auto reread = reread_settings();
    const auto& settings = reread.settings ? *reread.settings : parts_.settings;
    const secrets::Vault vault(declared_secrets(settings));
    auto plan = plan_of(find(settings, vault));
    auto told = co_await tell_changes(std::move(plan));
    co_return told;
}

asio::awaitable<Result<ports::ReloadDone>> Reloader::apply(ports::ReloadRequest request) {
    const runtime::Answer<Result<void>> answer(parts_.executor);
    engine::Author author{std::move(request.actor), std::move(request.note)};
    auto plan = take_over(std::move(author), answer.callback());
    const bool waits = parts_.accounts.is_clock_doubted();
    const auto written = co_await answer.wait();
    if (!written) co_return gone();
    if (!*written) co_return tl::unexpected<Error>(written->error());
    auto operations = plan.operations;
    auto told = co_await tell_changes(std::move(plan));
    // It is done, whether the words for it can be read or not.
    if (told) operations = std::move(*told);
    co_return ports::ReloadDone{waits, std::move(operations)};
}

asio::awaitable<Result<std::vector<runbook::Operation>>> Reloader::tell_changes(Plan plan) {
    for (auto& operation : plan.operations) {
        const auto after = plan.texts.find(operation.runbook);
        if (operation.kind != runbook::Operation::Kind::change || after == plan.texts.end()) continue;
        const auto before = co_await parts_.history.revision(operation.runbook, operation.revision);
        if (!before) co_return tl::unexpected<Error>(before.error());
        operation.changes =
            config::changed_keys({text_at(*before, "yaml"), text_at(*before, "resolved")}, after->second);
    }
    co_return std::move(plan.operations);
}

}  // namespace runbookd::app
