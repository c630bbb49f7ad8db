#pragma once
// One way to speak to an account: which calls there are, how each is put into a request, and what its answer
// says. Pure. The real API (`api: datto`) is one, the job API that runbookd itself serves (`api: seed`) the
// other.
#include <memory>
#include <string>

#include "base/result.hpp"
#include "datto/http.hpp"
#include "engine/api.hpp"
#include "secrets/vault.hpp"

namespace runbookd::datto {

class Dialect {
public:
    virtual ~Dialect() = default;

    /// Here the secrets of a create get their values: its body holds them, and is never to be shown. Errors:
    /// not_supported where this API has no such call; invalid_input for an empty uid, and for a cursor that
    /// leaves the account's address; what the vault says of a secret. Nothing was sent then.
    [[nodiscard]] virtual Result<Request> request(const engine::ApiCall& call,
                                                  const secrets::Vault& vault) const = 0;

    /// The body of a 2xx answer to `call`, which was asked at `target`. Errors: unavailable where the body is
    /// not what the call answers with.
    [[nodiscard]] virtual Result<engine::ApiReply> reply(const engine::ApiCall& call,
                                                         const std::string& target,
                                                         const std::string& body) const = 0;

    /// What the body of any other answer makes of its failure, beyond the table that both dialects share.
    virtual void judge(engine::ApiFailure& failure, const engine::ApiCall& call,
                       const std::string& body) const = 0;
};

[[nodiscard]] std::unique_ptr<Dialect> make_datto_dialect(BaseUrl base);
[[nodiscard]] std::unique_ptr<Dialect> make_seed_dialect(BaseUrl base);

}  // namespace runbookd::datto
