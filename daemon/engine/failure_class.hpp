#pragma once
// What each kind of failure asks of whoever made the call: the engine's half of the one table of failures.
// The other half, from statuses and bodies to kinds, is in datto/failures; docs/datto-client.md shows both.
#include <cstdint>

#include "engine/api.hpp"

namespace runbookd::engine {

/// What a call does upstream, and so what doubt about it means.
enum class CallEffect : std::uint8_t {
    read,
    write,   ///< changes something, and changes nothing more when it is made again
    create,  ///< makes one more job each time
};
[[nodiscard]] CallEffect effect_of(const ApiCall& call);

enum class FailureClass : std::uint8_t {
    permanent,       ///< the same call would get the same answer: it ends what asked for it
    transient,       ///< the call may be made again, later and later
    ambiguous,       ///< a create that may have happened: it is looked for, and not sent again
    throttled,       ///< nothing happened; the account waits as long as it is told to
    blocked,         ///< nothing happened; everything waits for five minutes at least
    authentication,  ///< nothing happened; a new token, or a person, has to come first
};
[[nodiscard]] FailureClass class_of(FailureKind kind, CallEffect effect);

}  // namespace runbookd::engine
