#pragma once
// A small record as the daemon would have written it, and ways to tamper with one.
#include <functional>
#include <optional>
#include <string>

#include "store/connection.hpp"
#include "store/fixture.hpp"
#include "store/signature.hpp"

namespace runbookd::audit_test {

using store_test::at;
using store_test::contains;
using store_test::one;
using testing::TempFolder;

/// A fresh Ed25519 key pair, as PEM texts.
struct KeyPair {
    std::string private_pem, public_pem;
};
[[nodiscard]] KeyPair make_key_pair();
[[nodiscard]] store::SigningKey signing_key(const KeyPair& pair);

/// Two runs of `clean` for two customers, with outputs, a failure, a device that was skipped, a revised
/// target and a quick look at everything else: some thirty events from 2026-12-01T02:00:00Z on.
void write_record(const std::string& database, std::optional<store::SigningKey> key = {});
/// The same with a fleet, an instant that was missed and a run that does again what the first had left, still
/// open: what the queries of docs/audit.md are shown on.
void write_story(const std::string& database, std::optional<store::SigningKey> key = {});
/// So many more events, one a second after `at(100'000)`, in one batch.
void write_notes(const std::string& database, int count, std::optional<store::SigningKey> key = {});

/// Runs `sql` on the record as somebody who may write the file would: without the triggers. It stays.
void tamper(const std::string& database, const std::string& sql);
/// The same inside a transaction that is rolled back; `look` is called in between.
void try_tampering(store::Connection& connection, const std::string& sql, const std::function<void()>& look);

}  // namespace runbookd::audit_test
