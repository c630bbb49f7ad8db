#pragma once
// What runbookctl finds around it: streams, environment, clock, terminal. Tests bring their own.
#include <functional>
#include <optional>
#include <ostream>
#include <string>

#include "base/clock.hpp"

namespace runbookd::cli {

struct Surroundings {
    std::ostream& out;
    std::ostream& err;
    const Clock& clock;
    std::function<std::optional<std::string>(const char*)> environment;
    std::function<void(Millis)> pause;  ///< between two looks at something that is waited for
    std::size_t width = 0;              ///< columns of the terminal that `out` is; 0: it is none
    bool has_colour = false;            ///< `out` is a terminal and NO_COLOR is not set
    bool err_is_terminal = false;       ///< progress may rewrite its line
};

/// Exit statuses (design section 6).
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  ///< what was asked about failed or is invalid
inline constexpr int kUsage = 2;
inline constexpr int kUnreachable = 3;  ///< the daemon or the API
inline constexpr int kRefused = 4;      ///< by a rule or guard

[[nodiscard]] int exit_status_for(const Error& error);
/// Writes "runbookctl: …" and returns the exit status that goes with it.
int report(Surroundings& around, const Error& error);

}  // namespace runbookd::cli
