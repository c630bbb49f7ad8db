#include "store/notices_reader.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string_view>

namespace runbookd::store {
namespace {

/// So many lines are looked at in one go: other questions wait meanwhile.
constexpr std::int64_t kMostLines = 5000;

template <class T>
Result<T> guarded(const std::function<T()>& read) {
    try {
        return read();
    } catch (const std::runtime_error& error) {
        return fail(ErrorCode::unavailable, std::string("the store cannot be read: ") + error.what());
    }
}

notices::Row value_of(const SQLite::Column& column) {
    if (column.isNull()) return nullptr;
    if (column.isInteger()) return column.getInt64();
    if (column.isFloat()) return column.getDouble();
    return column.getString();
}

notices::Row row_of(SQLite::Statement& statement) {
    auto row = notices::Row::object();
    for (int i = 0; i < statement.getColumnCount(); ++i)
        row[statement.getColumnName(i)] = value_of(statement.getColumn(i));
    return row;
}

/// What the event says of an occurrence, with the columns of occurrence_history.
notices::Row occurrence_of(const std::string& data) {
    const auto event = notices::Row::parse(data, nullptr, false);
    auto row = notices::Row::object();
    for (const auto* column : {"runbook", "revision", "zone", "customer", "nominal_at", "nominal_until",
                               "count", "verdict", "reason", "run_uid"}) {
        const auto found = event.find(column);
        row[column] = found == event.end() ? notices::Row() : *found;
    }
    // The view says none where the event says nothing.
    for (const auto* column : {"zone", "reason"})
        if (row[column].is_null()) row[column] = "";
    return row;
}

/// The run that approval is asked for ahead of, as far as it is known: the columns of run_history.
notices::Row coming_run_of(const std::string& data) {
    const auto event = notices::Row::parse(data, nullptr, false);
    auto row = notices::Row::object();
    for (const auto* column : {"approval_uid", "runbook", "revision", "account", "customer", "zone",
                               "nominal_at", "component_name", "plan_sha256"}) {
        const auto found = event.find(column);
        row[column] = found == event.end() ? notices::Row() : *found;
    }
    row["run_uid"] = nullptr;
    row["status"] = "waiting";
    row["reason"] = "approval";
    const auto devices = event.find("devices");
    row["targets"] = devices == event.end() ? notices::Row() : *devices;
    return row;
}

}  // namespace

NoticesReader::NoticesReader(const std::string& path) : connection_(path, Access::read_only) {
    connection_.prepare("notices_");
}

std::vector<notices::Row> NoticesReader::rows_of(std::string_view query, const RunKey& run) {
    auto& statement = connection_.statement(query);
    Execution use(statement);
    use.bind(":run", run.id);
    std::vector<notices::Row> rows;
    while (use.step()) rows.push_back(row_of(statement));
    return rows;
}

notices::RunFacts NoticesReader::facts_of(const RunKey& run) {
    notices::RunFacts facts;
    {
        auto& statement = connection_.statement("notices_run");
        Execution use(statement);
        use.bind(":run", run.uid);
        if (use.step()) facts.run = row_of(statement);
    }
    {
        Execution before(connection_.statement("notices_run_before"));
        before.bind(":run", run.id);
        if (before.step()) facts.previous_status = before.text(0);
    }
    facts.customers = rows_of("notices_customers", run);
    auto& statement = connection_.statement("notices_targets");
    statement.bind(":run_uid", run.uid);
    statement.bind(":most", static_cast<std::int64_t>(notices::kMostOfARun));
    facts.targets = rows_of("notices_targets", run);
    return facts;
}

Result<ports::TrailPart> NoticesReader::unseen_trail(const std::set<std::string>& runbooks) {
    return guarded<ports::TrailPart>([&] {
        SQLite::Transaction one_snapshot(connection_.database());
        ports::TrailPart part;
        std::int64_t after = 0;
        {
            Execution span(connection_.statement("notices_span"));
            span.step();
            after = span.integer(0);
            part.through = span.integer(1);
        }
        // Nobody wants to be told anything: all of it has been looked at.
        if (runbooks.empty()) return part;
        part.is_last = part.through - after <= kMostLines;
        part.through = std::min(part.through, after + kMostLines);
        std::vector<RunKey> runs;  // of the events, which are still being read
        {
            Execution line(connection_.statement("notices_events"));
            line.bind(":after", after).bind(":until", part.through);
            while (line.step()) {
                auto runbook = line.text(4);
                const auto kind = line.text(2);
                const RunKey run{line.integer(5), line.text(6)};
                const bool is_of_run = kind != "occurrence.decided" && kind != "approval.requested";
                if (!runbooks.contains(runbook) || (is_of_run && run.id == 0)) continue;
                auto& event = part.events.emplace_back();
                event.seq = line.integer(0);
                event.at = from_unix_ms(line.integer(1));
                event.runbook = std::move(runbook);
                event.kind = kind == "run.finished"         ? notices::Event::Kind::run_finished
                             : kind == "run.waiting"        ? notices::Event::Kind::run_waiting
                             : kind == "approval.requested" ? notices::Event::Kind::approval_requested
                                                            : notices::Event::Kind::occurrence_decided;
                if (kind == "occurrence.decided") event.occurrence = occurrence_of(line.text(3));
                if (kind == "approval.requested") event.run.run = coming_run_of(line.text(3));
                runs.push_back(run);
            }
        }
        for (std::size_t i = 0; i < runs.size(); ++i)
            if (runs[i].id != 0 && part.events[i].kind != notices::Event::Kind::occurrence_decided)
                part.events[i].run = facts_of(runs[i]);
        return part;
    });
}

Result<std::vector<std::string>> NoticesReader::due_targets(UtcTime now) {
    return guarded<std::vector<std::string>>([&] {
        std::vector<std::string> names;
        Execution row(connection_.statement("notices_due"));
        row.bind(":now", now);
        while (row.step()) names.push_back(row.text(0));
        return names;
    });
}

Result<std::optional<ports::DueNotice>> NoticesReader::next_due(const std::string& to, UtcTime now) {
    return guarded<std::optional<ports::DueNotice>>([&]() -> std::optional<ports::DueNotice> {
        Execution row(connection_.statement("notices_next"));
        row.bind(":target", to).bind(":now", now);
        if (!row.step()) return std::nullopt;
        return ports::DueNotice{row.text(0), row.text(1), row.text(2), from_unix_ms(row.integer(3)),
                                row.integer(4)};
    });
}

Result<std::vector<ports::NoticeTrouble>> NoticesReader::troubles() {
    return guarded<std::vector<ports::NoticeTrouble>>([&] {
        std::vector<ports::NoticeTrouble> troubles;
        Execution row(connection_.statement("notices_troubles"));
        while (row.step())
            troubles.push_back({row.text(0), row.integer(1), row.optional_time(2), row.integer(3),
                                row.is_null(4) ? std::string() : row.text(4)});
        return troubles;
    });
}

}  // namespace runbookd::store
