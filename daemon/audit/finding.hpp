#pragma once
// One thing in the record that is not as it was written.
#include <cstdint>
#include <string>

namespace runbookd::audit {

struct Finding {
    std::string kind;      ///< chain, checkpoint, row or output
    std::int64_t seq = 0;  ///< the event that it is about, or that says otherwise; 0: none
    std::string subject;   ///< "event 17", "job 01K…"
    std::string what;      ///< what is wrong, as a sentence without a full stop
};

}  // namespace runbookd::audit
