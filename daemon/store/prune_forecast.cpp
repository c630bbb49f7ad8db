#include "store/prune_forecast.hpp"

#include "store/connection.hpp"
#include "store/read_error.hpp"

namespace runbookd::store {

Result<ports::PruneCounts> prune_forecast(const std::string& path, const ports::Horizons& horizons) {
    try {
        Connection connection(path, Access::read_only);
        ports::PruneCounts counts;
        if (horizons.outputs) {
            Execution jobs(connection.statement("prune_would_jobs"));
            if (jobs.bind(":outputs", *horizons.outputs).step()) counts.outputs = jobs.integer(0);
        }
        if (horizons.history) {
            Execution runs(connection.statement("prune_would_runs"));
            if (runs.bind(":history", *horizons.history).step()) {
                counts.runs = runs.integer(0);
                counts.targets = runs.integer(1);
                counts.jobs = runs.integer(2);
                counts.occurrences = runs.integer(3);
            }
        }
        if (horizons.events) {
            Execution events(connection.statement("prune_would_events"));
            if (events.bind(":events", *horizons.events).step()) counts.events = events.integer(0);
        }
        return counts;
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

}  // namespace runbookd::store
