// The job API that runbookd itself serves.
#include "datto/dialect.hpp"
#include "datto/seed_replies.hpp"
#include "datto/seed_requests.hpp"

namespace runbookd::datto {
namespace {

class SeedDialect final : public Dialect {
public:
    explicit SeedDialect(BaseUrl base) : base_(std::move(base)) {}

    [[nodiscard]] Result<Request> request(const engine::ApiCall& call,
                                          const secrets::Vault& vault) const override {
        return build_seed_request(base_, call, vault);
    }
    [[nodiscard]] Result<engine::ApiReply> reply(const engine::ApiCall& call, const std::string& target,
                                                 const std::string& body) const override {
        return read_seed_reply(base_, call, target, body);
    }
    void judge(engine::ApiFailure& failure, const engine::ApiCall& call,
               const std::string& body) const override {
        if (failure.kind == engine::FailureKind::unauthenticated)
            failure.message += "; check the account's token";
        if (failure.kind == engine::FailureKind::conflict &&
            std::holds_alternative<engine::CreateQuickJob>(call) && is_refused_create(body))
            failure.kind = engine::FailureKind::rejected;
    }

private:
    BaseUrl base_;
};

}  // namespace

std::unique_ptr<Dialect> make_seed_dialect(BaseUrl base) {
    return std::make_unique<SeedDialect>(std::move(base));
}

}  // namespace runbookd::datto
