#include "cli/auditing.hpp"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "audit/backup.hpp"
#include "audit/exporting.hpp"
#include "audit/sql_console.hpp"
#include "audit/verify.hpp"
#include "cli/lists.hpp"
#include "cli/offline.hpp"
#include "cli/table.hpp"
#include "config/settings.hpp"

namespace runbookd::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Where the record is: --store, else as the configuration says.
Result<std::string> store_of(const Command& command) {
    if (!command.store.empty()) return command.store;
    const auto file = command.config.empty() ? std::string(kDefaultConfig) : command.config;
    const auto loaded = config::load_settings_without_secrets(file);
    if (loaded.settings) return loaded.settings->store_path.string();
    for (const auto& diagnostic : loaded.diagnostics)
        if (diagnostic.severity == config::Severity::error)
            return fail(ErrorCode::invalid_input,
                        config::to_line(diagnostic) + "; --store names the record without a configuration");
    return fail(ErrorCode::invalid_input, "the configuration " + file + " cannot be used");
}

std::string counted(std::int64_t number, const std::string& word) {
    return std::to_string(number) + " " + word + (number == 1 ? "" : "s");
}

void print_json(Surroundings& around, const Json& value) {
    around.out << value.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

Json json_of(const audit::VerifyReport& report) {
    auto findings = Json::array();
    for (const auto& finding : report.findings)
        findings.push_back({{"kind", finding.kind},
                            {"seq", finding.seq == 0 ? Json() : Json(finding.seq)},
                            {"subject", finding.subject},
                            {"what", finding.what}});
    Json signed_until;
    if (const auto& last = report.signed_until)
        signed_until = {{"seq", last->seq},
                        {"hash", last->hash},
                        {"at", format_utc(from_unix_ms(last->at))},
                        {"key_id", last->key_id},
                        {"public_key", last->public_key},
                        {"signature", last->signature}};
    return {{"fine", report.is_fine()},
            {"events", report.events},
            {"pruned_until", report.pruned_until},
            {"last_seq", report.last_seq},
            {"last_hash", report.last_hash},
            {"checkpoints", report.checkpoints},
            {"signed_until", signed_until},
            {"public_key_given", report.is_key_given},
            {"signed_by_other_keys", report.by_other_keys},
            {"runs", report.runs},
            {"targets", report.targets},
            {"jobs", report.jobs},
            {"outputs", report.outputs},
            {"found", report.found},
            {"findings", findings}};
}

/// How far the signatures reach, and what they do not say.
std::string signed_words(const audit::VerifyReport& report) {
    if (!report.signed_until)
        return "No checkpoint is signed: whoever may write the file could have built the whole chain anew "
               "(`signing_key` in the configuration).\n";
    const auto& last = *report.signed_until;
    auto text = "Signed up to event " + std::to_string(last.seq) + " of " +
                format_utc(from_unix_ms(last.at)) + " by key " + last.key_id + ".\n";
    if (report.last_seq > last.seq)
        text += "Events after " + std::to_string(last.seq) + " are only chained, not signed (" +
                std::to_string(report.last_seq - last.seq) + ").\n";
    if (!report.is_key_given)
        text +=
            "The key is the one that is recorded in the same file, which proves less: give yours with "
            "--public-key.\n";
    if (report.by_other_keys > 0)
        text += counted(report.by_other_keys, "checkpoint") + " by other keys did not count.\n";
    return text;
}

void print_findings(Surroundings& around, const audit::VerifyReport& report) {
    if (report.findings.empty()) return;
    Table table{{{"KIND"}, {"EVENT", Align::right}, {"WHERE"}, {"WHAT", Align::left, true}}, {}};
    for (const auto& finding : report.findings)
        table.rows.push_back({finding.kind, finding.seq == 0 ? "" : std::to_string(finding.seq),
                              finding.subject, finding.what});
    around.out << render(table, Look{around.width, around.has_colour});
    const auto more = report.found - static_cast<std::int64_t>(report.findings.size());
    if (more > 0) around.out << "and " << more << " more\n";
}

void print_report(Surroundings& around, const audit::VerifyReport& report) {
    print_findings(around, report);
    around.out << counted(report.events, "event") << " up to " << report.last_seq << " "
               << report.last_hash.substr(0, 16) << "…";
    if (report.pruned_until > 0)
        around.out << " (those up to " << report.pruned_until << " were removed by retention)";
    around.out << ", " << counted(report.runs, "run") << ", " << counted(report.targets, "target") << ", "
               << counted(report.jobs, "job") << ", " << counted(report.outputs, "output") << ": "
               << (report.is_fine() ? "all as written" : counted(report.found, "finding")) << '\n'
               << signed_words(report);
}

Result<std::optional<std::string>> key_text(const std::string& file) {
    if (file.empty()) return std::optional<std::string>();
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(ErrorCode::not_found, "--public-key: cannot read " + file);
    return std::optional(std::string(std::istreambuf_iterator<char>(in), {}));
}

struct CellText {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const std::string& text) const { return text; }
    template <class Number>
    std::string operator()(Number number) const {
        return Json(number).dump();
    }
};

struct CellJson {
    Json operator()(std::monostate) const { return nullptr; }
    template <class T>
    Json operator()(const T& value) const {
        return value;
    }
};

std::vector<std::string> texts_of(const std::vector<audit::Cell>& row) {
    std::vector<std::string> texts;
    for (const auto& cell : row) texts.push_back(std::visit(CellText{}, cell));
    return texts;
}

bool is_number(const audit::Cell& cell) {
    return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
}

Table table_of(const audit::SqlAnswer& answer) {
    Table table;
    for (std::size_t i = 0; i < answer.columns.size(); ++i) {
        const bool is_right = !answer.rows.empty() && is_number(answer.rows.front()[i]);
        table.columns.push_back({answer.columns[i], is_right ? Align::right : Align::left, true});
    }
    for (const auto& row : answer.rows) table.rows.push_back(texts_of(row));
    return table;
}

void print_answer(Surroundings& around, Format format, const audit::SqlAnswer& answer) {
    if (format == Format::csv) {
        around.out << csv_line(answer.columns);
        for (const auto& row : answer.rows) around.out << csv_line(texts_of(row));
    } else if (format == Format::json) {
        auto rows = Json::array();
        for (const auto& row : answer.rows) {
            auto& object = rows.emplace_back(Json::object());
            for (std::size_t i = 0; i < row.size(); ++i)
                object[answer.columns[i]] = std::visit(CellJson{}, row[i]);
        }
        print_json(around, rows);
    } else if (answer.rows.empty()) {
        around.err << "nothing to show\n";
    } else {
        around.out << render(table_of(answer), Look{around.width, around.has_colour});
    }
    if (answer.is_cut)
        around.err << "there is more: the answer was cut after "
                   << counted(static_cast<std::int64_t>(answer.rows.size()), "row")
                   << "; --limit takes another number\n";
}

Result<std::optional<UtcTime>> time_at(const Surroundings& around, const char* option,
                                       const std::string& text) {
    const auto read = read_time(around, option, text);
    if (!read) return tl::unexpected<Error>(read.error());
    if (read->empty()) return std::optional<UtcTime>();
    const auto at = parse_utc(*read);
    if (!at) return tl::unexpected<Error>(at.error());
    return std::optional(*at);
}

}  // namespace

int run_audit_verify(Surroundings& around, const Command& command) {
    const auto store = store_of(command);
    if (!store) return report(around, store.error());
    const auto key = key_text(command.public_key);
    if (!key) return report(around, key.error());
    const auto found = audit::verify_record(*store, *key);
    if (!found) return report(around, found.error());
    if (command.format == Format::json)
        print_json(around, json_of(*found));
    else
        print_report(around, *found);
    return found->is_fine() ? kDone : kFailed;
}

int run_audit_sql(Surroundings& around, const Command& command) {
    const auto store = store_of(command);
    if (!store) return report(around, store.error());
    audit::SqlLimits limits;
    limits.rows = command.filters.limit.value_or(limits.rows);
    if (!command.span.empty()) {
        const auto span = parse_duration(command.span);
        if (!span) return report(around, span.error());
        limits.time = *span;
    }
    const auto answer = audit::ask_sql(*store, command.name, limits);
    if (!answer) {
        report(around, answer.error());
        return kFailed;
    }
    print_answer(around, command.format, *answer);
    return kDone;
}

int run_audit_export(Surroundings& around, const Command& command) {
    const auto store = store_of(command);
    if (!store) return report(around, store.error());
    const auto since = time_at(around, "--since", command.filters.since);
    if (!since) return report(around, since.error());
    const auto until = time_at(around, "--until", command.filters.until);
    if (!until) return report(around, until.error());
    audit::ExportScope scope;
    if (!command.filters.customer.empty()) scope.customer = command.filters.customer;
    scope.since = *since;
    scope.until = *until;
    const auto done = audit::export_record(*store, command.name, scope, around.clock.now().utc);
    if (!done) return report(around, done.error());
    if (command.format == Format::json) {
        auto files = Json::array();
        for (const auto& file : done->files)
            files.push_back({{"name", file.name},
                             {"view", file.view},
                             {"rows", file.rows},
                             {"bytes", file.bytes},
                             {"sha256", file.sha256}});
        print_json(around, {{"folder", command.name},
                            {"last_seq", done->last_seq},
                            {"files", files},
                            {"left_out", done->left_out}});
        return kDone;
    }
    Table table{{{"FILE"}, {"ROWS", Align::right}, {"BYTES", Align::right}, {"SHA-256"}}, {}};
    for (const auto& file : done->files)
        table.rows.push_back({file.name, std::to_string(file.rows), std::to_string(file.bytes),
                              file.sha256.substr(0, 16) + "…"});
    around.out << render(table, Look{around.width, around.has_colour});
    for (const auto& view : done->left_out)
        around.out << view << " is left out: its rows are not of one customer\n";
    around.out << command.name << "/manifest.json names all of them, and the chain's end at event "
               << done->last_seq << '\n';
    return kDone;
}

int run_audit_backup(Surroundings& around, const Command& command) {
    const auto store = store_of(command);
    if (!store) return report(around, store.error());
    const auto done = audit::back_up(*store, command.name);
    if (!done) return report(around, done.error());
    if (command.format == Format::json) {
        auto json = json_of(*done);
        json["file"] = command.name;
        print_json(around, json);
    } else {
        around.out << command.name << " is a whole copy of the record.\n";
        print_report(around, *done);
    }
    return done->is_fine() ? kDone : kFailed;
}

}  // namespace runbookd::cli
