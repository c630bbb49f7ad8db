#pragma once
// A store as it would be had it been left long ago: no test can wait for a month.
#include <chrono>
#include <filesystem>

namespace runbookd::end_to_end {

/// Puts every time in the tables back by `age`, and makes the event trail's chain anew, since its hashes
/// cover times. What forbids changes is dropped meanwhile and is in force again afterwards. Times inside of
/// texts stay. The daemon must not run.
void age_store(const std::filesystem::path& file, std::chrono::milliseconds age);

}  // namespace runbookd::end_to_end
