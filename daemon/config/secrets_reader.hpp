#pragma once
// Reads values that must not be shown: one of them, or the map of those that runbooks may use.
#include <map>
#include <string>

#include "config/fields.hpp"
#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace runbookd::config {

/// Empty: reported, or left as SecretsPolicy says.
[[nodiscard]] Secret read_secret(const Field& field, const Surroundings& around);
/// The same of a value that may have several lines: a key in PEM form.
[[nodiscard]] Secret read_secret_text(const Field& field, const Surroundings& around);
/// Judges what is written, and reads nothing.
void check_secret(const Field& field, const Surroundings& around);
/// `secrets:`. The names are there whatever the policy.
[[nodiscard]] std::map<std::string, DeclaredSecret> read_secrets(const Field& field,
                                                                 const Surroundings& around);

}  // namespace runbookd::config
