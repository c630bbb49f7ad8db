#pragma once
// The real record, without its thread: the store's own writer and its own recovery on SQLite, on a disk whose
// power can be cut.
#include <cstdint>
#include <memory>

#include "fakes/record_keeper.hpp"
#include "secrets/vault.hpp"
#include "simulation/recorded.hpp"
#include "store/connection.hpp"
#include "store/power_cut.hpp"
#include "store/record_writer.hpp"
#include "temp_folder.hpp"

namespace runbookd::simulation {

/// One at a time: while it lives, every database that is opened is on its disk.
class SqliteKeeper final : public fakes::RecordKeeper {
public:
    SqliteKeeper();
    ~SqliteKeeper() override;

    void apply(const engine::Batch& batch) override;
    void die_writing(const engine::Batch& batch, std::uint64_t random) override;
    void restart() override;
    [[nodiscard]] engine::RecoveredState recover(UtcTime now) const override;
    [[nodiscard]] std::vector<engine::LastSuccess> successes(const std::string& runbook) const override;
    [[nodiscard]] std::vector<engine::LastTargets> last_targets(
        const std::vector<std::string>& runbooks) const override;

    /// What the views say, and what `audit verify` and a search for secrets in the file find.
    [[nodiscard]] Recorded read(const secrets::Vault& vault);

private:
    struct Writer;
    void open();
    void read_runs(store::Connection& connection, Recorded& record) const;
    void read_targets(store::Connection& connection, Recorded& record) const;
    void read_jobs(store::Connection& connection, Recorded& record) const;
    void read_verdicts(store::Connection& connection, Recorded& record) const;
    void prove(Recorded& record, const secrets::Vault& vault) const;

    testing::TempFolder folder_;
    std::string path_;
    store_test::PowerCut disk_;
    std::unique_ptr<Writer> writer_;
    std::uint64_t batches_ = 0;
};

}  // namespace runbookd::simulation
