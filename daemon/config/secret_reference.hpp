#pragma once
// Where secret values come from: ${credential:NAME}, ${env:NAME}, ${file:/path}.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/secret.hpp"

namespace runbookd::config {

/// Whether the text has the form "${…}", however wrong inside.
[[nodiscard]] bool is_secret_reference(std::string_view text);

struct ResolvedSecret {
    Secret value;
    std::string warning;  ///< such as a file that others may read; empty: none
};

/// How many lines a value may have.
enum class SecretLines {
    one,  ///< it becomes part of a request
    any,  ///< a key in PEM form
};

/// credential: the file NAME in $CREDENTIALS_DIRECTORY, which systemd sets for LoadCredential=. Source:
/// systemd.exec(5). One line end at the end of a file is not part of the value.
/// Errors: invalid_input (form), not_found, permission, unavailable; the message says what to do and never a
/// value.
[[nodiscard]] Result<ResolvedSecret> resolve_secret(std::string_view reference,
                                                    SecretLines lines = SecretLines::one);

}  // namespace runbookd::config
