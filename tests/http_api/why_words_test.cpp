#include "http_api/why_words.hpp"

#include "catch.hpp"

namespace runbookd::http_api {

TEST_CASE("overlap is told from the side of the run that it struck", "[http_api][why]") {
    CHECK(reason_in_words("skipped", "overlap") == "an earlier run of this runbook had not decided it yet");
    CHECK(reason_in_words("cancelled", "overlap") ==
          "a later run of this runbook has taken the device (overlap: stop_previous)");
    CHECK(reason_in_words("cancelled", "by_person") == "a person said so");
    CHECK(reason_in_words("skipped", "of its own") == "of its own");
}

}  // namespace runbookd::http_api
