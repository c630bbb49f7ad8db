#include "datto/redact.hpp"

#include <utility>

namespace runbookd::datto {
namespace {

struct Redaction {
    const secrets::Vault& vault;

    void text(std::string& text) const { text = vault.redact(std::move(text)); }

    void operator()(engine::Output& output) const {
        if (output.text) text(*output.text);
    }
    void operator()(engine::JobResult& result) const {
        text(result.status_text);
        if (result.out) text(*result.out);
        if (result.err) text(*result.err);
    }
    void operator()(engine::Page<engine::Alert>& page) const {
        for (auto& alert : page.items) text(alert.diagnostics);
    }
    void operator()(engine::Page<engine::Component>& page) const {
        for (auto& component : page.items) {
            text(component.description);
            text(component.category);
            for (auto& variable : component.variables) {
                text(variable.default_value);
                text(variable.description);
            }
        }
    }
    /// Uids, names that are compared, and numbers.
    template <class Other>
    void operator()(Other&) const {}
};

}  // namespace

void redact(engine::ApiReply& reply, const secrets::Vault& vault) {
    if (!vault.is_empty()) std::visit(Redaction{vault}, reply);
}

}  // namespace runbookd::datto
