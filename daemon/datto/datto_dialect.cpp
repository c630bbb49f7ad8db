// The real API, v2.
#include "datto/dialect.hpp"
#include "datto/replies.hpp"
#include "datto/requests.hpp"

namespace runbookd::datto {
namespace {

class DattoDialect final : public Dialect {
public:
    explicit DattoDialect(BaseUrl base) : base_(std::move(base)) {}

    [[nodiscard]] Result<Request> request(const engine::ApiCall& call,
                                          const secrets::Vault& vault) const override {
        return build_request(base_, call, vault);
    }
    [[nodiscard]] Result<engine::ApiReply> reply(const engine::ApiCall& call, const std::string& target,
                                                 const std::string& body) const override {
        return read_reply(base_, call, target, body);
    }
    void judge(engine::ApiFailure& failure, const engine::ApiCall&, const std::string&) const override {
        failure.error_code.clear();  // this API has none; whatever looks like one is somebody else's
    }

private:
    BaseUrl base_;
};

}  // namespace

std::unique_ptr<Dialect> make_datto_dialect(BaseUrl base) {
    return std::make_unique<DattoDialect>(std::move(base));
}

}  // namespace runbookd::datto
