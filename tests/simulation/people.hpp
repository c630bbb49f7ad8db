#pragma once
// What people do to the daemon in a simulated life.
#include "fakes/simulation.hpp"
#include "simulation/witness.hpp"
#include "simulation/world.hpp"

namespace runbookd::simulation {

class People {
public:
    /// All outlive this.
    People(const World& world, const Witness& witness, fakes::Simulation& simulation)
        : world_(world), witness_(witness), simulation_(simulation) {}

    void act(const StartRun& deed);
    void act(const StartQuickJob& deed);
    void act(const Pause& deed);
    void act(const Resume& deed);
    void act(const CancelNewest& deed);
    void act(const ApproveAll& deed);
    void act(const RejectAll& deed);
    void act(const RetargetNewest& deed);
    void act(const SettleUnknown& deed);

private:
    /// Runs that are open, and what was asked ahead of others.
    [[nodiscard]] std::vector<std::string> in_question() const;

    const World& world_;
    const Witness& witness_;
    fakes::Simulation& simulation_;
};

}  // namespace runbookd::simulation
