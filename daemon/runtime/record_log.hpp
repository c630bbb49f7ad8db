#pragma once
// What the engine writes down is also what the log prints, under the same names.
#include "engine/records.hpp"
#include "log/log.hpp"

namespace runbookd::runtime {

/// One line for the record: its event name and the fields a person on call needs. Never a variable's value.
void log_record(const log::Log& log, const engine::Record& record);

}  // namespace runbookd::runtime
