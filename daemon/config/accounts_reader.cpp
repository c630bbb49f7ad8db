#include "config/accounts_reader.hpp"

#include <utility>

#include "config/account_reader.hpp"

namespace runbookd::config {
namespace {

AccountSettings read_named_account(const Field& accounts, const Entry& entry, const Surroundings& around) {
    const auto path = "accounts." + clipped(entry.key);
    if (!is_plain_name(entry.key)) {
        accounts.report->error(entry.key_mark, path,
                               {.code = "bad_value",
                                .message = shown(entry.key) + " cannot be an account's name",
                                .expected = "small letters, digits and -"});
    }
    return read_account(entry.key, Field{entry.value.get(), path, accounts.report}, around);
}

/// One API user has one limit, which two accounts would spend twice.
bool is_same_user(const AccountSettings& one, const AccountSettings& other) {
    const bool is_same = one.api == Api::seed ? !one.token.empty() && one.token == other.token
                                              : !one.key.empty() && one.key == other.key;
    return is_same && one.api == other.api && one.url == other.url;
}

void refuse_shared_user(const Field& accounts, const Entry& entry, const AccountSettings& account,
                        const std::vector<AccountSettings>& before) {
    for (const auto& other : before)
        if (is_same_user(account, other))
            accounts.report->error(
                entry.key_mark, "accounts." + clipped(entry.key),
                {.code = "duplicate_account",
                 .message = "it has the url and the " +
                            std::string(account.api == Api::seed ? "token" : "key") + " of account " +
                            shown(other.name) +
                            ": each of the two would spend the API's limit as if it were alone",
                 .expected = "one account for each API user"});
}

}  // namespace

std::vector<AccountSettings> read_accounts(const MapReader& top, const Surroundings& around) {
    std::vector<AccountSettings> accounts;
    const auto field = top.get("accounts");
    if (!field) {
        top.missing("accounts", "a map of accounts");
        return accounts;
    }
    if (!field->is_map()) {
        field->wrong_type("a map of accounts");
        return accounts;
    }
    report_duplicates(*field);
    if (field->node->entries.empty())
        field->error(
            {.code = "missing_key", .message = "there is no account", .expected = "one account or more"});
    for (const auto& entry : field->node->entries) {
        auto account = read_named_account(*field, entry, around);
        refuse_shared_user(*field, entry, account, accounts);
        accounts.push_back(std::move(account));
    }
    return accounts;
}

}  // namespace runbookd::config
