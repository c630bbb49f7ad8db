#pragma once
// The settings of a world, and its runbooks as the daemon's own loader reads them.
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "config/settings.hpp"
#include "engine/customers.hpp"
#include "runbook/model.hpp"
#include "secrets/vault.hpp"
#include "simulation/world.hpp"
#include "zones/zones.hpp"

namespace runbookd::simulation {

class Library {
public:
    /// Reads all texts. Throws std::logic_error where one is refused: the world was drawn wrong.
    explicit Library(const World& world);

    [[nodiscard]] const std::vector<runbook::Runbook>& version(std::size_t number) const {
        return versions_.at(number);
    }
    /// A revision as the record has it; null: no such text was ever read.
    [[nodiscard]] std::shared_ptr<const runbook::Runbook> find(const std::string& name,
                                                               const std::string& yaml,
                                                               const std::string& resolved) const;
    [[nodiscard]] const engine::Customers::Rules& customer_rules() const { return rules_; }
    [[nodiscard]] const secrets::Vault& vault() const { return vault_; }

private:
    config::Settings settings_;
    engine::Customers::Rules rules_;
    secrets::Vault vault_;
    std::vector<std::vector<runbook::Runbook>> versions_;
    std::map<std::tuple<std::string, std::string, std::string>, std::shared_ptr<const runbook::Runbook>>
        by_text_;
};

}  // namespace runbookd::simulation
