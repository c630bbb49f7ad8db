#pragma once
// The checks by topic. Private to this room.
#include <string>
#include <vector>

#include "lint/finding.hpp"
#include "lint/subject.hpp"

namespace runbookd::lint {

/// Fields that read like something else; days that months lack, or that are joined unexpectedly.
void check_fields(const Subject& subject, const EntrySubject& entry, Findings& findings);
/// Local times that the zone's clock skips or shows twice.
void check_clock_changes(const Subject& subject, const EntrySubject& entry, Findings& findings);
/// Zones that nobody chose, and instants that have passed.
void check_entry(const Subject& subject, const EntrySubject& entry, Findings& findings);
/// The window against the entry's jitter and catch_up.
void check_entry_window(const Subject& subject, const EntrySubject& entry, Findings& findings);
/// The window against the next occurrence and blackouts.
void check_window(const Subject& subject, Findings& findings);
/// The steps against the window, and what they expect of a device.
void check_steps(const Subject& subject, Findings& findings);
/// `online: true` beside `offline: wait`.
void check_offline(const Subject& subject, Findings& findings);
/// What another runbookd, as the account, cannot tell.
void check_relay(const Subject& subject, Findings& findings);
/// The window against what the account lets through, and against the pauses between waves.
void check_capacity(const Subject& subject, Findings& findings);

/// "steps[2]".
[[nodiscard]] std::string nth(const char* list, std::size_t index);
/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string list_of(const std::vector<std::string>& words);

}  // namespace runbookd::lint
