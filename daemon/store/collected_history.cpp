// The rows that the jobs of a run printed for the record.
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>

#include "store/filter_lines.hpp"
#include "store/history_reader.hpp"
#include "store/read_error.hpp"
#include "store/sql.hpp"

namespace runbookd::store {

Result<ports::Rows> HistoryReader::collected(const ports::CollectedQuery& query) {
    try {
        SQLite::Transaction one_snapshot(connection_.database());
        const auto run = run_of(query.run);
        if (!run) return tl::unexpected(run.error());
        Filters filters{{"run", *run}};
        Numbers numbers;
        const auto add = [&](const char* parameter, const std::optional<std::string>& value) {
            if (value) filters.emplace_back(parameter, *value);
        };
        add("customer", query.customer);
        add("site", query.site);
        add("device", query.device);
        if (query.after) {
            filters.emplace_back("after_device", query.after->device);
            numbers = {{"after_step", query.after->step}, {"after_row", query.after->row_no}};
        }
        std::vector<std::string> set;
        for (const auto& [parameter, value] : filters) set.push_back(parameter);
        auto& statement = statement_for(with_filters(query_text("history_collected"), set));
        return rows_of(statement, filters, query.limit, numbers);
    } catch (const SQLite::Exception& error) {
        return tl::unexpected(read_error(error));
    }
}

}  // namespace runbookd::store
