#include "secrets/vault.hpp"

#include <algorithm>
#include <utility>

#include "base/glob.hpp"
#include "templates/template.hpp"

namespace runbookd::secrets {

void Vault::renew(std::map<std::string, Declared> secrets) {
    declared_ = std::move(secrets);
    for (const auto& [name, secret] : declared_) redactor_.add(name, secret.value);
}

Result<std::string> Vault::fill_in(const templates::Rendered& value, std::string_view runbook) const {
    std::string text;
    for (const auto& piece : value.pieces()) {
        if (!piece.is_secret) {
            text += piece.text;
            continue;
        }
        const auto found = declared_.find(piece.text);
        if (found == declared_.end())
            return fail(ErrorCode::permission,
                        "the configuration declares no secret '" + piece.text + "' any more");
        const auto& allowed = found->second.runbooks;
        if (std::none_of(allowed.begin(), allowed.end(),
                         [&](const std::string& glob) { return glob_matches(glob, runbook); }))
            return fail(ErrorCode::permission,
                        "runbook '" + std::string(runbook) + "' may not use the secret '" + piece.text + "'");
        text += found->second.value;
    }
    if (templates::is_too_long(text))
        return fail(ErrorCode::invalid_input, "a value of more than 16,195 characters may not arrive whole");
    return text;
}

}  // namespace runbookd::secrets
