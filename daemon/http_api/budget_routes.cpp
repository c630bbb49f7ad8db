// GET: the accounts' limits, and what has been used of them.
#include <nlohmann/json.hpp>

#include "http_api/errors.hpp"
#include "http_api/fields.hpp"
#include "http_api/immediate.hpp"
#include "http_api/json_text.hpp"
#include "http_api/or_null.hpp"
#include "http_api/router.hpp"
#include "http_api/routes.hpp"

namespace runbookd::http_api {
namespace {

using Json = nlohmann::ordered_json;

Json calls_view(const ports::AccountBudget::Calls& calls) {
    Json view;
    view["limit"] = number_or_null(calls.limit);
    view["allowed"] = number_or_null(calls.allowed);
    view["used"] = calls.used;
    view["others"] = number_or_null(calls.others);
    return view;
}

Json budget_view(const ports::AccountBudget& budget) {
    Json view;
    view["account"] = budget.account;
    view["limits_source"] = budget.limits_source;
    view["share"] = budget.share;
    view["reads"] = calls_view(budget.reads);
    view["writes"] = calls_view(budget.writes);
    view["creates"] = calls_view(budget.creates);
    view["checked_at"] = time_or_null(budget.checked_at);
    view["held_until"] = time_or_null(budget.held_until);
    view["held_because"] = text_or_null(budget.held_because);
    view["creates_under_way"] = budget.creates_under_way;
    view["creates_waiting"] = budget.creates_waiting;
    view["next_create_at"] = time_or_null(budget.next_create_at);
    return view;
}

Response show_budgets(Services services, const Request& request) {
    const auto known = only_known(request, {});
    if (!known) return error_response(known.error());
    auto list = Json::array();
    for (const auto& budget : services.control.budgets()) list.push_back(budget_view(budget));
    return json_response(list);
}

}  // namespace

void add_budget_routes(Router& router, Services services) {
    add_immediate(router, "/v1/budget", services, show_budgets);
}

}  // namespace runbookd::http_api
