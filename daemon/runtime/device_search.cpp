#include "runtime/device_search.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/spelling.hpp"
#include "runtime/answer.hpp"

namespace runbookd::runtime {

namespace asio = boost::asio;

namespace {

using Found = Result<const ServedAccount*>;

/// From the lists as they are; nullopt: none of them shows it.
std::optional<Found> look(const Accounts& accounts, const std::string& device) {
    for (const auto& account : accounts.all())
        if (account.engine().fleet().find(DeviceUid{device}) != nullptr) return &account;
    const ServedAccount* only = nullptr;
    bool is_in_several = false;
    std::vector<const engine::Fleet::Seen*> named;
    for (const auto& account : accounts.all()) {
        const auto here = account.engine().fleet().find_by_hostname(device);
        if (here.empty()) continue;
        is_in_several = only != nullptr;
        only = &account;
        named.insert(named.end(), here.begin(), here.end());
    }
    if (is_in_several) return fail(ErrorCode::conflict, engine::several_of(device, named));
    return only == nullptr ? std::nullopt : std::optional<Found>(only);
}

Error not_found(const Accounts& accounts, const std::string& device) {
    std::vector<std::string> names;
    for (const auto& account : accounts.all())
        for (const auto& seen : account.engine().fleet().devices()) names.push_back(seen.device.hostname);
    std::string near;
    for (const auto& name : nearest(device, names))
        near += (near.empty() ? "; did you mean '" : "' or '") + name;
    return {ErrorCode::not_found,
            "device '" + device + "' is in none of the accounts" + near + (near.empty() ? "" : "'?")};
}

/// What the accounts say, one after the other, until one has it.
struct Survey {
    std::size_t open = 0;
    bool is_answered = false;
    std::string silent;  // accounts that could not say, and why
};

}  // namespace

asio::awaitable<Found> account_of_device(const Accounts& accounts, std::string device,
                                         asio::any_io_executor on) {
    if (accounts.is_only_one()) co_return &accounts.first();
    if (auto known = look(accounts, device)) co_return std::move(*known);
    const Answer<bool> answer(on);  // true: one of them has it
    const auto survey = std::make_shared<Survey>();
    std::vector<const ServedAccount*> asked;
    for (const auto& account : accounts.all())
        if (!account.is_absent()) asked.push_back(&account);
    survey->open = asked.size();
    for (const auto* const account : asked) {
        const auto hear = [survey, name = account->name,
                           callback = answer.callback()](const Result<bool>& has) {
            --survey->open;
            if (!has) survey->silent += "; account '" + name + "': " + has.error().message;
            const bool is_found = has && *has;
            if (survey->is_answered || (!is_found && survey->open > 0)) return;
            survey->is_answered = true;
            callback(is_found);
        };
        account->loop.tell(
            [&](engine::Engine& core, Instant now) { core.look_for_device(device, hear, now); });
    }
    const auto is_found = co_await answer.wait();
    if (!is_found) co_return fail(ErrorCode::unavailable, "the daemon is stopping");
    if (auto known = look(accounts, device)) co_return std::move(*known);
    if (!survey->silent.empty())
        co_return fail(ErrorCode::unavailable,
                       "device '" + device + "' is in no account that answers" + survey->silent);
    co_return tl::unexpected<Error>(not_found(accounts, device));
}

}  // namespace runbookd::runtime
