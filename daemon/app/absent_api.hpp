#pragma once
// The API of an account that is not in the settings any more: nobody is there.
#include "ports/rmm_api.hpp"

namespace runbookd::app {

class AbsentApi final : public ports::RmmApi {
public:
    boost::asio::awaitable<engine::ApiResult> perform(engine::ApiCall) override {
        co_return tl::unexpected<engine::ApiFailure>(nobody());
    }

private:
    static engine::ApiFailure nobody() {
        engine::ApiFailure failure;
        failure.kind = engine::FailureKind::not_sent;
        failure.message = "the account is not in the configuration any more";
        return failure;
    }
};

}  // namespace runbookd::app
