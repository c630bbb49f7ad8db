#include "include_rules.hpp"

#include <algorithm>
#include <functional>
#include <regex>
#include <sstream>

#include "catch.hpp"

namespace architecture {
namespace {

constexpr auto kClock = "daemon/base/clock.cpp";
/// systemd wants the monotonic time of a reload from whoever reports it.
constexpr auto kNotifier = "daemon/app/supervisor.cpp";

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        if (word != "-") words.push_back(word);
    return words;
}

/// "daemon/cron/zone.hpp" -> "cron"; "sandbox/job.hpp" -> "sandbox".
std::string room_of(const std::string& path) {
    const auto first = path.find('/');
    const auto top = path.substr(0, first);
    if (top != "daemon") return top;
    const auto second = path.find('/', first + 1);
    return second == std::string::npos ? "" : path.substr(first + 1, second - first - 1);
}

bool belongs(const std::string& header, const std::string& pattern) {
    return pattern.back() == '/' ? header.rfind(pattern, 0) == 0 : header == pattern;
}

std::set<std::string> groups_of(const IncludeRules& rules, const std::string& header) {
    std::set<std::string> found;
    for (const auto& [group, patterns] : rules.groups)
        for (const auto& pattern : patterns)
            if (belongs(header, pattern)) found.insert(group);
    return found;
}

/// <vector>, <cstdint>: no folder, no suffix.
bool is_standard(const std::string& header) { return header.find_first_of("/.") == std::string::npos; }

bool may_see(const IncludeRules& rules, const RoomRule& rule, const std::string& header) {
    if (rule.groups.contains("*")) return true;
    const auto groups = groups_of(rules, header);
    if (groups.empty()) return is_standard(header);
    return std::any_of(groups.begin(), groups.end(),
                       [&](const auto& group) { return rule.groups.contains(group); });
}

}  // namespace

IncludeRules parse_rules(std::string_view text) {
    IncludeRules rules;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream cells(line);
        std::string name, second, third;
        std::getline(cells, name, '|');
        std::getline(cells, second, '|');
        std::getline(cells, third);
        name = words_of(name).at(0);
        if (name.front() == '%') {
            rules.groups[name.substr(1)] = words_of(second);
            continue;
        }
        const auto rooms = words_of(second), groups = words_of(third);
        rules.rooms[name] = {{rooms.begin(), rooms.end()}, {groups.begin(), groups.end()}};
    }
    for (const auto& [room, rule] : rules.rooms) {
        for (const auto& other : rule.rooms) {
            INFO(room << " names the room " << other);
            REQUIRE((other == "*" || rules.rooms.contains(other)));
        }
        for (const auto& group : rule.groups) {
            INFO(room << " names the group " << group);
            REQUIRE((group == "*" || rules.groups.contains(group)));
        }
    }
    return rules;
}

Findings check_includes(const IncludeRules& rules, const std::vector<SourceFile>& files) {
    static const std::regex kInclude(R"(^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"])");
    Findings findings;
    for (const auto& file : files) {
        const auto room = room_of(file.path);
        const auto rule = rules.rooms.find(room);
        if (rule == rules.rooms.end()) {
            findings.violations.push_back(file.path + ": its room is not in include_rules.txt");
            continue;
        }
        std::istringstream in(file.text);
        std::size_t number = 0;
        for (std::string line; std::getline(in, line);) {
            ++number;
            std::smatch match;
            if (!std::regex_search(line, match, kInclude)) continue;
            const std::string header = match[2];
            const auto where = file.path + ":" + std::to_string(number) + ": ";
            if (match[1] == "<") {
                if (!may_see(rules, rule->second, header))
                    findings.violations.push_back(where + room + " may not include <" + header + ">");
                continue;
            }
            const auto other = header.substr(0, header.find('/'));
            if (header.find('/') == std::string::npos || other == room) continue;
            findings.includes[room].insert(other);
            if (!rule->second.rooms.contains("*") && !rule->second.rooms.contains(other))
                findings.violations.push_back(where + room + " may not include \"" + header + "\"");
        }
    }
    return findings;
}

std::string find_cycle(const std::map<std::string, std::set<std::string>>& arrows) {
    std::vector<std::string> path;
    std::set<std::string> done;
    const std::function<std::string(const std::string&)> visit = [&](const std::string& room) -> std::string {
        const auto seen = std::find(path.begin(), path.end(), room);
        if (seen != path.end()) {
            std::string cycle;
            for (auto it = seen; it != path.end(); ++it) cycle += *it + " -> ";
            return cycle + room;
        }
        if (!done.insert(room).second) return "";
        path.push_back(room);
        if (const auto from = arrows.find(room); from != arrows.end())
            for (const auto& next : from->second)
                if (auto cycle = visit(next); !cycle.empty()) return cycle;
        path.pop_back();
        return "";
    };
    for (const auto& [room, others] : arrows)
        if (auto cycle = visit(room); !cycle.empty()) return cycle;
    return "";
}

std::vector<std::string> clock_readings(const std::vector<SourceFile>& files) {
    static const std::regex kReading(
        R"([Cc]lock\w*\s*::\s*now\s*\(|\b(clock_gettime|gettimeofday|localtime|gmtime)\s*\(|\btime\s*\(\s*(nullptr|NULL|0)\s*\))");
    std::vector<std::string> found;
    for (const auto& file : files) {
        if (file.path == kClock || file.path == kNotifier) continue;
        const auto code = code_only(file.text);
        for (auto it = std::sregex_iterator(code.begin(), code.end(), kReading); it != std::sregex_iterator();
             ++it)
            found.push_back(file.path + ":" +
                            std::to_string(line_at(code, static_cast<std::size_t>(it->position()))) +
                            ": reads a clock: " + it->str() + "); ask for a Clock or an Instant");
    }
    return found;
}

}  // namespace architecture
