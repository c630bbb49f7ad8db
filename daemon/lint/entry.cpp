// Zones that nobody chose, and instants that have passed.
#include "lint/checks.hpp"

namespace runbookd::lint {
namespace {

constexpr std::uint32_t kEveryHour = (std::uint32_t{1} << 24) - 1;
constexpr std::uint32_t kEveryDay = 0xFFFF'FFFE;
constexpr std::uint16_t kEveryMonth = 0x1FFE;
constexpr std::uint8_t kEveryWeekday = 0x7F;

/// Whether another zone would give other instants (but for zones that are not whole hours from UTC).
bool depends_on_zone(const schedule::Entry& entry) {
    const auto* expression = std::get_if<cron::Expression>(&entry.rule);
    if (expression == nullptr) return true;
    const auto traits = expression->traits();
    if (traits.every) return false;
    return traits.hours != kEveryHour || traits.months != kEveryMonth || traits.restricts_day ||
           traits.restricts_weekday || traits.weekdays != kEveryWeekday ||
           (traits.days & kEveryDay) != kEveryDay;
}

void check_zone(const Subject& subject, const EntrySubject& entry, Findings& findings) {
    if (subject.default_zone == DefaultZone::written || subject.is_written(entry.path + ".timezone")) return;
    if (!depends_on_zone(entry.entry)) return;
    findings.push_back(
        {entry.rule_path, "no_zone",
         "'" + entry.entry.text() + "' is taken as " + entry.entry.zone->name() +
             (subject.default_zone == DefaultZone::nobodys
                  ? ": neither the schedule nor the account names a time zone"
                  : ": the schedule names no time zone, and no configuration was given that could"),
         "timezone: and an IANA name such as Europe/Berlin, or UTC"});
}

}  // namespace

void check_entry(const Subject& subject, const EntrySubject& entry, Findings& findings) {
    check_zone(subject, entry, findings);
    if (entry.entry.next_after(subject.now)) return;
    findings.push_back({entry.rule_path, "past",
                        "'" + entry.entry.text() + "' has passed in " + entry.entry.zone->name() +
                            ": it does not fire any more",
                        "an instant that is still to come"});
}

}  // namespace runbookd::lint
