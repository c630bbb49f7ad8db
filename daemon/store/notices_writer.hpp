#pragma once
// Writes down what is to be told and what came of it. Knows nothing of threads or transactions: whoever calls
// holds one open.
#include "ports/notices.hpp"
#include "store/connection.hpp"
#include "store/record_writer.hpp"

namespace runbookd::store {

class NoticesWriter {
public:
    /// `records` writes the events, and has prepared the statements of `connection`; both outlive this.
    NoticesWriter(Connection& connection, RecordWriter& records)
        : connection_(connection), records_(records) {}

    /// What is recorded of a notice that is gone or done is passed over: a request may end after another
    /// process has served its notice. Errors: SQLite::Exception.
    void write(const ports::NoticeRecord& record);

private:
    void record(const ports::NoticesMade& made);
    void record(const ports::NoticeDelivered& delivered);
    void record(const ports::NoticeFailed& failed);
    void record(const ports::NoticeGivenUp& given_up);
    void record(const ports::NoticesForgotten& forgotten);

    Execution use(std::string_view name) { return Execution(connection_.statement(name)); }

    Connection& connection_;
    RecordWriter& records_;
};

}  // namespace runbookd::store
