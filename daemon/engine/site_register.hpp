#pragma once
// Keeps the record of whose each site is, and tells what a person should put right about it.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/customers.hpp"
#include "engine/fleet.hpp"
#include "engine/outbox.hpp"
#include "engine/recovered.hpp"

namespace runbookd::engine {

class SiteRegister {
public:
    /// Both outlive this.
    SiteRegister(std::string account, Outbox& outbox, const Customers& customers)
        : account_(std::move(account)), outbox_(outbox), customers_(customers) {}

    /// What a start found in the store; to be called once, before the first list.
    void restore(const RecoveredState& state);
    /// Compares the sites as they are known with what is recorded. `by_zone`: the runbooks that need a zone
    /// for every site.
    void take_in(const Fleet& fleet, const std::vector<std::string>& by_zone, Instant now);
    /// One line each: sites that several customers' patterns fit, and sites without a zone that a runbook
    /// needs.
    [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

private:
    void record_changes(const Fleet& fleet, Instant now);
    void tell(const std::string& subject, const std::string& uid, const std::string& kind,
              const std::string& message, Instant now);

    std::string account_;
    Outbox& outbox_;
    const Customers& customers_;
    std::map<SiteUid, std::string> recorded_;  // those of customers
    std::vector<std::string> problems_;
    std::set<std::string> told_;  // of problems_, those that have their event
};

}  // namespace runbookd::engine
