#pragma once
// Takes secrets out of records on their way to the store and the log: the last door before something is
// written down. Nothing should arrive here with one; a device that has a secret in its name, or a person who
// writes one into a note, must not put it into the record all the same.
#include "engine/records.hpp"
#include "secrets/vault.hpp"

namespace runbookd::runtime {

/// Every text of every record, but uids, words of closed lists, and a runbook's own text (the texts of
/// runbooks that hold a secret are refused when they are read).
void redact(engine::Batch& batch, const secrets::Vault& vault);

}  // namespace runbookd::runtime
