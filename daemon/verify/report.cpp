#include "verify/report.hpp"

#include <array>
#include <utility>

namespace runbookd::verify {
namespace {

constexpr std::array<std::string_view, 10> kKinds{
    "no_verdict",    "not_an_instant", "wrong_count", "twice",       "wrong_run",
    "run_undecided", "no_pause",       "no_blackout", "not_on_time", "unreadable_text"};

}  // namespace

std::string_view to_text(Kind kind) { return kKinds.at(static_cast<std::size_t>(kind)); }

void Report::add(Finding finding) {
    unexplained += finding.count;
    if (findings.size() < kMostFindings) findings.push_back(std::move(finding));
}

}  // namespace runbookd::verify
