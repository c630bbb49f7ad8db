#include "store/facts_reader.hpp"

#include <SQLiteCpp/Transaction.h>

#include <functional>
#include <stdexcept>

#include "base/sha256.hpp"

namespace runbookd::store {
namespace {

/// So many rows of verdicts make a slice: a few megabytes.
constexpr std::size_t kMostRows = 50'000;

UtcTime time_at(const Execution& row, int column) { return from_unix_ms(row.integer(column)); }

/// What a reader cannot help is for the person who asked, not for the process.
template <class T>
Result<T> guarded(const std::function<T()>& read) {
    try {
        return read();
    } catch (const std::runtime_error& error) {
        return fail(ErrorCode::unavailable, std::string("the store cannot be read: ") + error.what());
    }
}

engine::Verdict verdict_of(const std::string& text) {
    const auto verdict = engine::verdict_from(text);
    if (!verdict) throw std::runtime_error("it holds a verdict that this program does not know: " + text);
    return *verdict;
}

std::vector<verify::Occurrence> read_occurrences(Execution row) {
    std::vector<verify::Occurrence> occurrences;
    while (row.step()) {
        auto& one = occurrences.emplace_back();
        one.revision = row.integer(0);
        one.zone = row.text(1);
        one.nominal = time_at(row, 2);
        one.until = time_at(row, 3);
        one.count = row.integer(4);
        one.verdict = verdict_of(row.text(5));
        one.reason = row.text(6);
        one.customer = row.text(11);
        if (row.is_null(7)) continue;
        one.run =
            verify::RunFacts{row.text(7), row.optional_time(8), row.optional_time(9), row.optional_time(10)};
    }
    return occurrences;
}

/// Ends the slice before the first row that is too many.
void keep_bound(verify::Slice& slice) {
    auto& rows = slice.occurrences;
    if (rows.size() <= kMostRows) return;
    slice.until = rows[kMostRows].nominal - Millis{1};
    std::erase_if(rows, [&](const verify::Occurrence& row) { return row.nominal > slice.until; });
}

std::vector<verify::OpenRun> read_open_runs(Execution row) {
    std::vector<verify::OpenRun> runs;
    while (row.step())
        runs.push_back({row.text(0), row.integer(1), row.text(2), time_at(row, 3), time_at(row, 4),
                        !row.is_null(5), !row.is_null(6), row.text(7)});
    return runs;
}

}  // namespace

FactsReader::FactsReader(const std::string& path) : connection_(path, Access::read_only) {
    connection_.prepare("verify_");
}

Result<std::vector<std::string>> FactsReader::runbook_names() {
    return guarded<std::vector<std::string>>([&] {
        std::vector<std::string> names;
        Execution row(connection_.statement("verify_runbooks"));
        while (row.step()) names.push_back(row.text(0));
        return names;
    });
}

Result<std::vector<verify::RevisionText>> FactsReader::revisions(const std::string& runbook) {
    return guarded<std::vector<verify::RevisionText>>([&] {
        std::vector<verify::RevisionText> texts;
        Execution row(connection_.statement("verify_revisions"));
        row.bind(":runbook", runbook);
        while (row.step())
            texts.push_back(
                {row.integer(0), time_at(row, 1), row.optional_time(2), row.text(3), row.text(4)});
        return texts;
    });
}

Result<verify::Slice> FactsReader::slice(const std::string& runbook, UtcTime from, UtcTime until) {
    return guarded<verify::Slice>([&] {
        SQLite::Transaction one_snapshot(connection_.database());
        verify::Slice slice{from, until, {}, {}, {}, {}};
        const auto ask = [&](const char* query) -> Prepared& {
            auto& statement = connection_.statement(query);
            statement.bind(":runbook", runbook);
            statement.bind(":from", to_unix_ms(from));
            statement.bind(":until", to_unix_ms(slice.until));
            return statement;
        };
        auto& verdicts = ask("verify_occurrences");
        verdicts.bind(":limit", static_cast<std::int64_t>(kMostRows + 1));
        slice.occurrences = read_occurrences(Execution(verdicts));
        keep_bound(slice);
        slice.open_runs = read_open_runs(Execution(ask("verify_runs")));
        {
            Execution pause(ask("verify_pauses"));
            while (pause.step()) slice.pauses.push_back({time_at(pause, 0), time_at(pause, 1)});
        }
        Execution judged(connection_.statement("verify_judged_until"));
        judged.bind(":runbook", runbook).step();
        slice.judged_until = judged.optional_time(0);
        return slice;
    });
}

Result<std::vector<runbook::ZoneRules>> FactsReader::zone_rules() {
    return guarded<std::vector<runbook::ZoneRules>>([&] {
        std::vector<runbook::ZoneRules> all;
        Execution row(connection_.statement("verify_zone_rules"));
        while (row.step()) {
            auto bytes = std::make_shared<const std::string>(row.text(3));
            auto digest = row.text(1);
            if (sha256_hex(*bytes) == digest)
                all.push_back({row.text(0), std::move(digest), row.text(2), std::move(bytes)});
        }
        return all;
    });
}

Result<std::optional<UtcTime>> FactsReader::pruned_until() {
    return guarded<std::optional<UtcTime>>([&] {
        Execution row(connection_.statement("verify_pruned"));
        return row.step() ? row.optional_time(0) : std::nullopt;
    });
}

}  // namespace runbookd::store
