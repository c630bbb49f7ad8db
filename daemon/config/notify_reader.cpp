#include "config/notify_reader.hpp"

#include <algorithm>

#include "config/quantities.hpp"

namespace runbookd::config {
namespace {

constexpr const char* kExample = "[{to: oncall, on: [failed, aborted, missed, unknown]}]";

void check_target(const Field& field, const std::vector<std::string>& targets) {
    const auto name = read_plain_name(field, "a target of notices");
    const bool is_known = targets.empty() || std::find(targets.begin(), targets.end(), name) != targets.end();
    if (!name || is_known) return;
    field.error({.code = "bad_value",
                 .message = "'notify' in the settings has no target " + shown(*name),
                 .expected = "one of " + join(targets),
                 .suggestion = nearest_of(*name, targets)});
}

void check_item(const Field& field, const std::vector<std::string>& targets) {
    static const Vocabulary keys{{"to", "on", "per"}, {}};
    const auto map = MapReader::open(field, keys);
    if (!map) return;
    const auto to = map->get("to");
    if (to)
        check_target(*to, targets);
    else
        map->missing("to", "the name of a target under 'notify' in the settings");
    const auto on = map->get("on");
    if (on)
        check_words(*on, {"failed", "aborted", "missed", "unknown", "expired", "halted", "guard_refused",
                          "waiting", "late", "recovered"});
    else
        map->missing("on", "on: [failed, aborted, missed, unknown]");
    if (const auto per = map->get("per")) (void)read_word(*per, {{"run"}, {"group"}});
}

}  // namespace

void check_notify(const Field& field, const std::vector<std::string>& targets) {
    for (const auto& item : read_list(field, kExample)) check_item(item, targets);
}

}  // namespace runbookd::config
