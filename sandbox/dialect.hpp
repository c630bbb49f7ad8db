#pragma once
// The two shapes of the API: Datto RMM's own, and the one that runbookd itself serves to scripts (the
// seed's).
#include <string>

namespace runbookd::sandbox {

/// What one call speaks.
enum class Dialect { datto, seed };
/// What the sandbox serves; where it is both, the token decides.
enum class Dialects { datto, seed, both };

struct SeedTraits {
    std::string token = "demo-token";  ///< what calls of this dialect must bear
    bool idempotency = true;           ///< Idempotency-Key is honoured; false: nobody looks at it
    bool refuses_offline = true;       ///< DEVICE_OFFLINE; false: the job waits, as Datto's do
    bool failures_complete = true;     ///< a job of another exit code than 0 is "completed"; false: "failed"
};

}  // namespace runbookd::sandbox
