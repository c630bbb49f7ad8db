#pragma once
// The declared secrets: the only place of the process that knows their values beside the settings. It gives
// one out for one purpose, a request that is about to be sent, and takes them out of whatever is about to be
// written, shown or logged.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "secrets/redactor.hpp"
#include "templates/rendered.hpp"

namespace runbookd::secrets {

struct Declared {
    std::string value;
    std::vector<std::string> runbooks;  ///< globs: those that may send it
};

class Vault {
public:
    Vault() = default;
    explicit Vault(std::map<std::string, Declared> secrets) { renew(std::move(secrets)); }

    /// Takes what is declared from now on. What was declared before is still taken out of texts: a job that
    /// was given it may yet print it.
    void renew(std::map<std::string, Declared> secrets);

    /// The value with its secrets put in, for a request of this runbook that goes out now. Errors: permission
    /// (not declared any more, or not for this runbook), invalid_input (too long to arrive whole).
    [[nodiscard]] Result<std::string> fill_in(const templates::Rendered& value,
                                              std::string_view runbook) const;
    [[nodiscard]] std::string redact(std::string text) const { return redactor_.redact(std::move(text)); }
    /// The name of a secret whose value the text holds; nullopt: none.
    [[nodiscard]] std::optional<std::string> find_in(std::string_view text) const {
        return redactor_.find_in(text);
    }
    /// Nothing to take out of any text.
    [[nodiscard]] bool is_empty() const { return redactor_.empty(); }

private:
    std::map<std::string, Declared> declared_;
    Redactor redactor_;
};

}  // namespace runbookd::secrets
