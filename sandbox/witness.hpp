#pragma once
// Who is told of a job's acceptance and end, before anybody outside can know of it.
#include <string>

#include "base/time.hpp"
#include "sandbox/job.hpp"

namespace runbookd::sandbox {

class Witness {
public:
    virtual ~Witness() = default;
    virtual void accepted(UtcTime at, const Job& job, const std::string& device_uid,
                          const std::string& component_uid) = 0;
    virtual void finished(UtcTime at, const Job& job, const std::string& device_uid) = 0;
};

}  // namespace runbookd::sandbox
