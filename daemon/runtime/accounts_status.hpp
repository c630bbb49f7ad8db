#pragma once
// The state of several accounts as one. Pure, over what each of them says.
#include "ports/control.hpp"
#include "runtime/accounts.hpp"

namespace runbookd::runtime {

/// Numbers are sums; each problem is told once; a limit that one account has not is none of all.
[[nodiscard]] ports::DaemonStatus status_of(const Accounts& accounts);

}  // namespace runbookd::runtime
