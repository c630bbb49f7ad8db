#pragma once
// What keeps a target from its create although its turn has come: as many jobs are in flight as its runbook
// allows. Keeps the targets that wait for room at one place, and says which may try again.
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/books.hpp"
#include "engine/fleet.hpp"
#include "engine/waiting.hpp"

namespace runbookd::engine {

class InFlightLimits {
public:
    using Who = Waiting::Who;

    /// Both outlive this.
    InFlightLimits(const Books& books, const Fleet& fleet) : books_(books), fleet_(fleet) {}

    /// As many of the run's jobs are in flight as may be.
    [[nodiscard]] bool is_full(const Run& run) const {
        return run.book != nullptr && run.book->max_in_flight > 0 &&
               books_.in_flight().of_run(run.plan.run) >= run.book->max_in_flight;
    }
    /// The place at which there is no room for the target; nullopt: there is everywhere.
    [[nodiscard]] std::optional<InFlight::Place> reached_by(const Run& run, const Target& target) const;
    /// Where a job of the target counts.
    [[nodiscard]] std::vector<InFlight::Place> places_of(const Run& run, const Target& target) const;

    /// It waits for room at that place.
    void wait_at(const InFlight::Place& place, const Who& who) { waiting_[place].push_back(who); }
    /// Those that may try again since a job has left. They wait no more.
    [[nodiscard]] std::vector<Who> freed_by(const InFlight::Left& left);
    /// The same of a target that had its turn and took no room after all.
    [[nodiscard]] std::vector<Who> passed_on_by(const Run& run, const Target& target);
    /// The same after a list of the devices has come in.
    [[nodiscard]] std::vector<Who> freed_by_fleet();
    void forget(const RunUid& run);

private:
    [[nodiscard]] static InFlight::Place place_of(const Run& run, const runbook::InFlightLimit& limit,
                                                  const std::string& value);
    [[nodiscard]] std::string value_of(const Target& target, const runbook::InFlightLimit& limit) const;
    void take_from(const InFlight::Place& place, std::int64_t most, std::vector<Who>& freed);

    const Books& books_;
    const Fleet& fleet_;
    std::map<InFlight::Place, std::deque<Who>> waiting_;  // none is empty
};

}  // namespace runbookd::engine
