#include "cli/reloading.hpp"

#include <nlohmann/json.hpp>

#include "cli/folder_diff.hpp"
#include "cli/lists.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

bool is_refusal(const Json& operation) {
    const auto word = text_at(operation, "operation");
    return word == "keep" || word == "refuse";
}

int status_of(const Json& operations) {
    for (const auto& operation : operations)
        if (is_refusal(operation)) return kFailed;
    return kDone;
}

std::string value_in_words(const Json& change, const char* key) {
    const auto text = text_at(change, key);
    return text.empty() ? "(not there)" : text;
}

void print_changes(std::ostream& out, const Json& operation) {
    constexpr const char* kIndent = "            ";
    const auto changes = operation.find("changes");
    if (changes == operation.end() || changes->empty()) {
        out << kIndent << "only comments or layout\n";
        return;
    }
    for (const auto& change : *changes)
        out << kIndent << harmless(text_at(change, "key")) << ": " << harmless(value_in_words(change, "old"))
            << " -> " << harmless(value_in_words(change, "new")) << '\n';
}

/// One line for each operation, its changes below; what stays as it is is only counted.
void print(std::ostream& out, const Json& operations) {
    constexpr std::size_t kWordWidth = 12;
    std::size_t unchanged = 0;
    for (const auto& operation : operations) {
        const auto word = text_at(operation, "operation");
        if (word == "unchanged") {
            ++unchanged;
            continue;
        }
        const auto revision = text_at(operation, "revision");
        const auto problem = text_at(operation, "problem");
        const auto file = text_at(operation, "file");
        out << word << std::string(kWordWidth - word.size(), ' ') << harmless(text_at(operation, "runbook"))
            << (revision.empty() ? ""
                : word == "keep" ? ", stays at revision " + revision
                                 : ", revision " + revision)
            << (!problem.empty() ? ": " + harmless(problem)
                : file.empty()   ? ""
                                 : " (" + harmless(file) + ")")
            << '\n';
        if (word == "change") print_changes(out, operation);
    }
    if (operations.empty())
        out << "there is no runbook, neither in the folder nor in force\n";
    else if (unchanged == operations.size())
        out << "nothing to do: " << unchanged << (unchanged == 1 ? " runbook is" : " runbooks are")
            << " unchanged\n";
    else
        out << unchanged << " unchanged\n";
}

int show(Surroundings& around, const Command& command, const Json& operations) {
    if (command.format == Format::json)
        around.out << operations.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    else if (command.format == Format::csv)
        around.out << csv_of(Verb::diff, operations);
    else
        print(around.out, operations);
    return status_of(operations);
}

Result<Json> parsed(const Result<std::string>& body) {
    if (!body) return tl::unexpected(body.error());
    auto value = Json::parse(*body, nullptr, false);
    if (value.is_discarded()) return fail(ErrorCode::internal, "the daemon's answer is not JSON");
    return value;
}

}  // namespace

int run_diff(Surroundings& around, const Client& client, const Command& command) {
    const auto operations =
        command.paths.empty() ? parsed(client.get(Target("/v1/diff"))) : operations_from(client, command);
    if (!operations) return report(around, operations.error());
    if (!operations->is_array())
        return report(around, {ErrorCode::internal, "the daemon's answer is not a list"});
    return show(around, command, *operations);
}

int run_apply(Surroundings& around, const Client& client, const Command& command) {
    Json body;
    body["note"] = command.note;
    const auto done =
        parsed(client.post(Target("/v1/apply"), body.dump(-1, ' ', false, Json::error_handler_t::replace)));
    if (!done) return report(around, done.error());
    const auto operations = done->is_object() ? done->find("operations") : done->end();
    if (operations == done->end() || !operations->is_array())
        return report(around, {ErrorCode::internal, "the daemon's answer is not a list of operations"});
    const int status = show(around, command, *operations);
    if (text_at(*done, "status") == "waits_for_clock")
        around.err << "runbookctl: the clock is in doubt; this takes effect by itself once it is believed "
                      "(see `runbookctl status`)\n";
    return status;
}

}  // namespace runbookd::cli
