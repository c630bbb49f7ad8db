#include "store/fixture.hpp"

#include <chrono>
#include <stdexcept>

#include "catch.hpp"

namespace runbookd::store_test {

namespace asio = boost::asio;

OpenStore::OpenStore(std::string path, store::StoreCallbacks callbacks, std::optional<store::SigningKey> key)
    : path_(std::move(path)) {
    auto opened = store::SqliteStore::open(path_, loop_.get_executor(), std::move(callbacks), std::move(key));
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = std::move(*opened);
}

void OpenStore::commit(engine::Batch batch) {
    bool done = false;
    asio::co_spawn(loop_, store_->commit(std::move(batch)), [&](std::exception_ptr) { done = true; });
    run_until([&] { return done; });
}

void OpenStore::run_until(const std::function<bool()>& done) {
    for (int i = 0; i < 400 && !done(); ++i) {
        loop_.restart();
        while (!done() && loop_.run_one_for(std::chrono::milliseconds{50}) > 0) {
        }
    }
    REQUIRE(done());
}

Result<ports::Rows> OpenStore::query(ports::Query query) { return wait_for(store_->query(std::move(query))); }

std::vector<std::string> rows(const std::string& database, const std::string& sql) {
    SQLite::Database reader(database, SQLite::OPEN_READONLY, 1000);
    SQLite::Statement statement(reader, sql);
    std::vector<std::string> lines;
    while (statement.executeStep()) {
        auto& line = lines.emplace_back();
        for (int i = 0; i < statement.getColumnCount(); ++i) {
            if (i > 0) line += '|';
            line += statement.isColumnNull(i) ? "NULL" : statement.getColumn(i).getString();
        }
    }
    return lines;
}

std::string one(const std::string& database, const std::string& sql) {
    const auto lines = rows(database, sql);
    REQUIRE(lines.size() == 1);
    return lines.front();
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

ports::Query ask(ports::View view, const std::function<void(ports::Query&)>& narrow) {
    ports::Query query;
    query.view = view;
    if (narrow) narrow(query);
    return query;
}

UtcTime at(std::int64_t ms) {
    using namespace std::chrono;
    return UtcTime{sys_days{year{2026} / 12 / 1} + hours{2}} + Millis{ms};
}

engine::RevisionEffective revision(const std::string& runbook, std::int64_t number) {
    return {runbook,
            number,
            "name: " + runbook + "\n# " + std::to_string(number) + "\n",
            R"({"zone":"UTC"})",
            "ana",
            "",
            at(number - 1000)};
}

engine::RunPlanned planned(const std::string& run) {
    engine::RunPlanned plan;
    plan.run = RunUid(run);
    plan.runbook = "clean";
    plan.revision = 1;
    plan.account = "main";
    plan.zone = "Europe/Berlin";
    plan.trigger = engine::Trigger::manual;
    plan.actor = "ana";
    plan.note = "a note";
    plan.window_end = at(3'600'000);
    plan.at = at();
    return plan;
}

engine::RunStarted started(int targets, const std::string& run) {
    engine::RunStarted start;
    start.run = RunUid(run);
    for (int i = 1; i <= targets; ++i) {
        const auto number = std::to_string(i);
        start.targets.push_back({DeviceUid("d" + number), SiteUid("s1"), "Acme HQ", "ACME-" + number, 1});
    }
    start.at = at(10);
    return start;
}

engine::JobCreated created(const std::string& job, const std::string& device, const std::string& run) {
    engine::JobCreated intent;
    intent.job = JobUid(job);
    intent.run = RunUid(run);
    intent.device = DeviceUid(device);
    intent.component_uid = ComponentUid("c1");
    intent.component_name = "Clear Temp Files";
    intent.variables = {{"days", "30"}};
    intent.at = at(20);
    return intent;
}

engine::JobChanged changed(engine::JobStatus status, const std::string& job) {
    engine::JobChanged change;
    change.job = JobUid(job);
    change.status = status;
    change.at = at(30);
    return change;
}

engine::TargetDecided decided(engine::Disposition disposition, const std::string& device,
                              const std::string& run) {
    return {RunUid(run), DeviceUid(device), disposition, "", "", at(40)};
}

engine::RunFinished finished(const std::string& run) {
    return {RunUid(run), engine::RunStatus::completed, "", at(50)};
}

}  // namespace runbookd::store_test
