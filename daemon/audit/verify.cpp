#include "audit/verify.hpp"

#include "audit/chain.hpp"
#include "audit/reading.hpp"
#include "audit/rows.hpp"
#include "store/signature.hpp"

namespace runbookd::audit {
namespace {

void add(VerifyReport& report, std::vector<Finding> findings) {
    report.found += static_cast<std::int64_t>(findings.size());
    for (auto& finding : findings) report.findings.push_back(std::move(finding));
}

void look(store::Connection& connection, const std::optional<std::string>& key, VerifyReport& report) {
    const auto checkpoints = read_checkpoints(connection);
    auto signed_part = check_signatures(checkpoints, key);
    auto chain = check_chain(connection, checkpoints);
    auto rows = check_rows(connection);
    report.events = chain.events;
    report.pruned_until = chain.pruned_until;
    report.last_seq = chain.end.seq;
    report.last_hash = to_hex(chain.end.hash);
    report.checkpoints = static_cast<std::int64_t>(checkpoints.size());
    report.by_other_keys = signed_part.by_other_keys;
    if (const auto& last = signed_part.last)
        report.signed_until =
            SignedUntil{last->seq, last->hash, last->at, last->key_id, last->public_key, last->signature};
    report.runs = rows.runs;
    report.targets = rows.targets;
    report.jobs = rows.jobs;
    report.outputs = rows.outputs;
    if (chain.broken) add(report, {std::move(*chain.broken)});
    add(report, std::move(signed_part.findings));
    const auto kept = static_cast<std::int64_t>(rows.findings.size());
    add(report, std::move(rows.findings));
    report.found += rows.found - kept;
}

}  // namespace

Result<VerifyReport> verify_record(const std::string& database,
                                   const std::optional<std::string>& public_key) {
    std::optional<std::string> key;
    if (public_key) {
        auto read = store::public_key_from_pem(*public_key);
        if (!read) return tl::unexpected<Error>(read.error());
        key = std::move(*read);
    }
    VerifyReport report;
    report.is_key_given = key.has_value();
    const auto looked = read_record(database, [&](store::Connection& connection) -> Result<void> {
        look(connection, key, report);
        return {};
    });
    if (!looked) return tl::unexpected<Error>(looked.error());
    return report;
}

}  // namespace runbookd::audit
