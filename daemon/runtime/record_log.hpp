#pragma once
// What the engine writes down is also what the log prints, under the same names.
#include <string>

#include "engine/records.hpp"
#include "log/log.hpp"

namespace runbookd::runtime {

/// The fields' names may refer into the record that it was made from.
struct LogLine {
    log::Level level = log::Level::info;
    std::string name;
    log::Fields fields;
};

/// The record as a line: its event name and the fields a person on call needs. Never a variable's value.
[[nodiscard]] LogLine log_line(const engine::Record& record);
void log_record(const log::Log& log, const engine::Record& record);

}  // namespace runbookd::runtime
