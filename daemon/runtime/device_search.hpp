#pragma once
// Which account a device is in, for those who name only the device.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "runtime/accounts.hpp"

namespace runbookd::runtime {

/// `device`: a uid, or a hostname that only one account has. Answered from the lists that are known; where
/// none of them shows it, once the accounts' lists have been read again, and as soon as one of them shows it:
/// an account that does not answer holds up nobody whose device is in another. All is borrowed. Errors:
/// not_found (with the nearest names), conflict (several accounts have the hostname), unavailable (no account
/// that answers has it, and not all of them do).
boost::asio::awaitable<Result<const ServedAccount*>> account_of_device(const Accounts& accounts,
                                                                       std::string device,
                                                                       boost::asio::any_io_executor on);

}  // namespace runbookd::runtime
