#pragma once
// What a caller is told when something expected went wrong. Not for broken worlds: those are exceptions.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace runbookd {

/// Kinds of expected failure; each says what a caller may do about it.
enum class ErrorCode {
    invalid_input,     ///< text, arguments or a request at fault; say what to change
    not_found,         ///< what was named does not exist (or is not visible to this user)
    conflict,          ///< the state of things forbids it now
    not_supported,     ///< understood, and not built yet
    permission,        ///< file mode, user or key lacks the right
    device_offline,    ///< the device is offline, and what was asked for needs it now
    unavailable,       ///< the other side (API, disk, daemon) does not answer; may pass
    missing_variable,  ///< inputs of a component that need a value; Error::names says which
    invalid_variable,  ///< variables that a component does not know, or values not of their type; as above
    rate_limited,      ///< no room in the API's limits; Error::retry_after may say when there is
    refused_by_rule,   ///< a rule or guard says no (exit status 4)
    internal,          ///< our own mistake; please report
};

/// Code, and one sentence for a person: what, where, and what to do.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::vector<std::string> names = {};  ///< what it is about, for programs; may be empty
    std::optional<std::chrono::milliseconds> retry_after = {};  ///< when it is worth another try
};

}  // namespace runbookd
