// Which of a run's leftovers are taken again.
#include "runtime/retarget.hpp"

#include "catch.hpp"

namespace runbookd::runtime {
namespace {

ports::RunLeftovers leftovers() {
    ports::RunLeftovers left;
    for (const auto* disposition :
         {"failed", "timeout", "expired", "skipped", "unknown", "pending", "halted"})
        left.targets.push_back({std::string("d-") + disposition, disposition, false});
    left.targets.push_back({"d-done", "failed", true});
    left.targets.push_back({"d-open", "expired", false});
    return left;
}

std::string words(const ports::RetargetRequest& request) {
    ports::RetargetAccepted accepted;
    std::string text;
    for (const auto& device : devices_left(leftovers(), request, {DeviceUid{"d-open"}}, accepted))
        text += device + " ";
    return text + "| " + std::to_string(accepted.may_still_run) + " " + std::to_string(accepted.unknown) +
           " " + std::to_string(accepted.done_since);
}

}  // namespace

TEST_CASE("a retarget takes what did not succeed, and never what may still run", "[runtime]") {
    ports::RetargetRequest request;
    CHECK(words(request) == "d-failed d-timeout d-expired d-skipped d-halted | 2 1 1");
    request.only = {"failed", "expired"};
    CHECK(words(request) == "d-failed d-expired | 2 1 1");
    request.with_unknown = true;
    CHECK(words(request) == "d-failed d-expired d-unknown | 2 0 1");
    request.only = {"unknown"};
    CHECK(words(request) == "d-unknown | 2 0 1");
}

TEST_CASE("a retarget of what leaves nothing to do is refused with words", "[runtime]") {
    const auto refusal = [](std::vector<std::string> only, bool with_unknown = false) {
        ports::RetargetRequest request;
        request.only = std::move(only);
        request.with_unknown = with_unknown;
        const auto fine = check(request);
        return fine ? std::string{} : fine.error().message;
    };
    CHECK(refusal({}) == "");
    CHECK(refusal({"failed", "cancelled"}) == "");
    CHECK(refusal({"unknown"}) ==
          "a device whose job is unknown may have run it: say so with --include unknown");
    CHECK(refusal({"unknown"}, true) == "");
    CHECK(refusal({"faild"}).find("did you mean failed?") != std::string::npos);
    CHECK_FALSE(refusal({"succeeded"}).empty());
    CHECK_FALSE(refusal({"pending"}).empty());
}

}  // namespace runbookd::runtime
