#pragma once
// The rows that a job printed for the record, and what the trail says of them.
#include "engine/records.hpp"
#include "store/connection.hpp"
#include "store/event_data.hpp"

namespace runbookd::store {

/// Adds the job's rows, and to the data of the event that ends it how many there are, their hash (the SHA-256
/// of lines
/// "<row_no> <row>", joined by newlines; absent: there is none), and how many lines were no rows or left out.
/// Empty `collected` adds nothing. Errors: SQLite::Exception.
void store_collected(Connection& connection, const JobUid& job, const Boxed<runbook::Collected>& collected,
                     EventData& data);

}  // namespace runbookd::store
