#include <array>

#include "cron/field.hpp"

namespace runbookd::cron {

std::span<const FieldRule> field_rules() {
    using Kind = FieldRule::Kind;
    static const std::array<std::string, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                     "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    static const std::array<std::string, 7> kWeekdays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
    static const std::array<FieldRule, 6> kRules{{{"second", 0, 60, 59, 59, {}, Kind::plain},
                                                  {"minute", 0, 60, 59, 59, {}, Kind::plain},
                                                  {"hour", 0, 24, 23, 23, {}, Kind::plain},
                                                  {"day of month", 1, 31, 31, 28, {}, Kind::day_of_month},
                                                  {"month", 1, 12, 12, 12, kMonths, Kind::plain},
                                                  {"day of week", 0, 7, 7, 6, kWeekdays, Kind::day_of_week}}};
    return kRules;
}

}  // namespace runbookd::cron
