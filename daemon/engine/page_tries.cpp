#include "engine/page_tries.hpp"

namespace runbookd::engine {

bool PageTries::is_worth_asking_again(const ApiFailure& failure) {
    const bool is_passing = failure.kind == FailureKind::lost || failure.kind == FailureKind::not_sent ||
                            failure.kind == FailureKind::server_error ||
                            failure.kind == FailureKind::conflict;
    if (is_passing && ++misses_ < kMost) return true;
    misses_ = 0;
    return false;
}

}  // namespace runbookd::engine
