#pragma once
// The table of rooms (include_rules.txt), and what of the sources stands outside it.
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "source_tree.hpp"

namespace architecture {

struct RoomRule {
    std::set<std::string> rooms;   ///< may be included; "*" any
    std::set<std::string> groups;  ///< third-party headers; "*" any
};

struct IncludeRules {
    std::map<std::string, RoomRule> rooms;
    std::map<std::string, std::vector<std::string>> groups;  ///< a group's headers, or folders ending in "/"
};

/// Fails the test when the table names a room or group that it does not define.
IncludeRules parse_rules(std::string_view text);

struct Findings {
    std::vector<std::string> violations;                    ///< a line for people each
    std::map<std::string, std::set<std::string>> includes;  ///< room -> rooms, as they are
};

/// Holds every #include of the files against the table.
Findings check_includes(const IncludeRules& rules, const std::vector<SourceFile>& files);

/// One cycle as "a -> b -> a"; empty when there is none.
std::string find_cycle(const std::map<std::string, std::set<std::string>>& arrows);

/// Where a clock is read that base/clock.cpp should have read.
std::vector<std::string> clock_readings(const std::vector<SourceFile>& files);

}  // namespace architecture
