#include "cli/doctor.hpp"

#include <grp.h>
#include <sys/stat.h>

#include <array>
#include <nlohmann/json.hpp>

#include "cli/answers.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kGroup = "runbookd";

std::string name_of(gid_t id) {
    ::group entry{};
    ::group* found = nullptr;
    std::array<char, 4096> buffer{};
    if (::getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return std::to_string(id);
    return found->gr_name;
}

Json socket_check(const std::string& socket) {
    Json check;
    check["check"] = "socket";
    struct stat facts{};
    if (::stat(socket.c_str(), &facts) != 0) {
        check["status"] = "failed";
        check["message"] = socket + " is gone, although the daemon answers: it was removed or replaced";
        return check;
    }
    const auto group = name_of(facts.st_gid);
    const bool is_open_to_all = (facts.st_mode & S_IRWXO) != 0;
    const bool is_of_group = group == kGroup;
    check["status"] = is_open_to_all ? "failed" : is_of_group ? "ok" : "warning";
    check["message"] =
        socket + (is_open_to_all ? " may be used by every user of this machine"
                  : is_of_group  ? " may be used by members of the group runbookd"
                                 : " is of the group " + group +
                                      ": members of the group runbookd cannot use it (is there one?)");
    return check;
}

bool has_failed(const Json& checks) {
    for (const auto& check : checks)
        if (text_at(check, "status") == "failed") return true;
    return false;
}

void print(Surroundings& around, const Json& answer) {
    Table table{{{"CHECK"}, {"STATUS"}, {"MESSAGE"}}, {}};
    for (const auto& check : answer["checks"])
        table.rows.push_back({text_at(check, "check"), text_at(check, "status"), text_at(check, "message")});
    around.out << render(table, Look{0, around.has_colour});
    if (const auto held = answer.find("held"); held != answer.end() && held->is_array())
        for (const auto& one : *held)
            around.out << "held: " << harmless(text_at(one, "account")) << ": " << harmless(held_words(one))
                       << '\n';
    if (const auto words = text_at(answer, "accepting"); !words.empty())
        around.out << harmless(words) << '\n';
}

}  // namespace

int run_doctor(Surroundings& around, const Client& client, const Command& command,
               const std::string& socket) {
    auto answer = read_object(client.get(Target("/v1/doctor")));
    if (!answer) return report(around, answer.error());
    if (const auto checks = answer->find("checks"); checks == answer->end() || !checks->is_array())
        return report(around, {ErrorCode::internal, "the daemon's answer has no list of checks"});
    (*answer)["checks"].push_back(socket_check(socket));
    const bool is_healthy = !has_failed((*answer)["checks"]);
    (*answer)["healthy"] = is_healthy;
    const int status = show(around, command, answer, [&](const Json& shown) { print(around, shown); });
    return status != kDone ? status : is_healthy ? kDone : kFailed;
}

int run_accept_restore(Surroundings& around, const Client& client, const Command& command) {
    return show(around, command, read_object(client.post(Target("/v1/store/accept-restore"), "")),
                [&](const Json& answer) {
                    if (text_at(answer, "status") == "waits_for_search")
                        around.out << "accepted; the daemon goes on once the activity log has been searched "
                                      "whole, at most `unknown_after` from now (see `runbookctl doctor`)\n";
                    else
                        around.out << "accepted: the daemon goes on from what the store holds, and this is "
                                      "recorded\n";
                });
}

std::string held_words(const Json& held) {
    const auto time = [&](const char* key) {
        const auto text = text_at(held, key);
        return text.empty() ? text : short_time(text) + " UTC";
    };
    auto words = "since " + time("held_at") + "; the store's newest time is " + time("since");
    const auto until = time("searched_until");
    words += until.empty() ? "; the activity log has not been read yet"
                           : "; the activity log is read until " + until;
    if (text_at(held, "searched_whole") == "true") words += ", whole";
    words += ": " + text_at(held, "known_jobs") + " jobs that the store knows, " +
             text_at(held, "found_jobs") + " that it did not";
    if (const auto problem = text_at(held, "problem"); !problem.empty()) words += "; " + problem;
    if (const auto actor = text_at(held, "accepted_by"); !actor.empty()) words += "; accepted by " + actor;
    return words;
}

}  // namespace runbookd::cli
