#pragma once
// Faults that the sandbox commits on request: which call of which operation meets what.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sandbox/operation.hpp"

namespace runbookd::sandbox {

enum class FaultKind {
    status,        ///< this status, without any effect
    reset_before,  ///< the connection is reset, without any effect
    reset_after,   ///< the effect happens, then the connection is reset without a reply
    slow,          ///< the effect happens at once, the reply comes after `delay`
    cut,           ///< the effect happens, the connection closes in the middle of the body
    bad_json,      ///< the effect happens, the body is no JSON
    html,          ///< a gateway's HTML page with this status, without any effect
    block,         ///< the fleet's refusal of the blocked, for this and every call under /api during `delay`
};

/// As faults are written: "reset_after".
[[nodiscard]] std::string_view name_of(FaultKind kind);

struct Fault {
    std::optional<Operation> operation;  ///< unset: any
    int nth = 1;    ///< the first call that may meet it, counted from 1 since the fault was set
    int times = 1;  ///< how many calls in a row meet it (with a share: at most in all); 0: no end
    std::optional<double> share;  ///< of the calls from `nth` on, drawn by `seed`; unset: all
    std::uint64_t seed = 0;
    FaultKind kind = FaultKind::status;
    int status = 500;
    Millis delay{0};
};

/// Reads one fault; numbers may also be texts ("2"), `delay` is a span ("5s") or milliseconds, `share` a text
/// ("2%").
/// Errors: invalid_input, naming the key and what was expected.
[[nodiscard]] Result<Fault> parse_fault(const nlohmann::json& value);

class Faults {
public:
    /// Replaces all faults; their counting starts anew.
    void set(std::vector<Fault> faults);
    /// Counts one call and says which fault it meets; the first in the list wins.
    [[nodiscard]] std::optional<Fault> strike(Operation operation);
    /// The faults with what each has `seen` and how often it has `struck`.
    [[nodiscard]] nlohmann::json describe() const;

private:
    struct Counted {
        Fault fault;
        long long seen = 0;
        long long struck = 0;
    };
    [[nodiscard]] static bool hits(const Counted& counted, std::uint64_t place);

    std::vector<Counted> faults_;
};

}  // namespace runbookd::sandbox
