#include "store/collected_rows.hpp"

#include "base/sha256.hpp"
#include "store/visible_text.hpp"

namespace runbookd::store {

void store_collected(Connection& connection, const JobUid& job, const Boxed<runbook::Collected>& collected,
                     EventData& data) {
    if (!collected) return;
    std::string lines;
    std::int64_t row_no = 0;
    for (const auto& row : collected->rows) {
        const auto text = visible_text(row);
        Execution insert(connection.statement("write_collected"));
        insert.bind(":job", job.str()).bind(":row_no", ++row_no).bind(":data", text).run();
        lines += (row_no > 1 ? "\n" : "") + std::to_string(row_no) + " " + text;
    }
    data.put("collected", row_no);
    if (row_no > 0) data.put("collected_sha256", sha256_hex(lines));
    if (collected->not_rows > 0) data.put("collected_not_rows", collected->not_rows);
    if (collected->left_out > 0) data.put("collected_left_out", collected->left_out);
}

}  // namespace runbookd::store
