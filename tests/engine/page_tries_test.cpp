#include "engine/page_tries.hpp"

#include "catch.hpp"

namespace runbookd::engine {
namespace {

bool again(PageTries& tries, FailureKind kind) { return tries.is_worth_asking_again({kind, 0, "", {}}); }

}  // namespace

TEST_CASE("a page whose answer was lost is asked for three times in all", "[engine]") {
    for (const auto kind :
         {FailureKind::lost, FailureKind::not_sent, FailureKind::server_error, FailureKind::conflict}) {
        PageTries tries;
        for (int list = 0; list < 2; ++list) {
            CHECK(again(tries, kind));
            CHECK(again(tries, kind));
            CHECK_FALSE(again(tries, kind));
        }
    }
}

TEST_CASE("each page has tries of its own", "[engine]") {
    PageTries tries;
    CHECK(again(tries, FailureKind::lost));
    CHECK(again(tries, FailureKind::server_error));
    tries.restart();
    CHECK(again(tries, FailureKind::lost));
    CHECK(again(tries, FailureKind::lost));
    CHECK_FALSE(again(tries, FailureKind::lost));
}

TEST_CASE("what asking again would not change, or must wait for, gives the list up", "[engine]") {
    for (const auto kind : {FailureKind::throttled, FailureKind::blocked, FailureKind::unauthenticated,
                            FailureKind::bad_credentials, FailureKind::forbidden, FailureKind::not_found,
                            FailureKind::rejected}) {
        PageTries tries;
        CHECK(again(tries, FailureKind::lost));
        CHECK_FALSE(again(tries, kind));
        CHECK(again(tries, FailureKind::lost));
        CHECK(again(tries, FailureKind::lost));
    }
}

}  // namespace runbookd::engine
