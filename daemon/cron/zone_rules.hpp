#pragma once
// The rules of a time zone at one moment, as something to keep: what is needed to compute with the same rules
// years later, when the system has newer ones. Only data.
#include <memory>
#include <string>

namespace runbookd::cron {

struct ZoneRules {
    std::string name;
    std::string digest;                       ///< as Zone::digest(): lower hex of SHA-256 of `tzif`
    std::string tzdata_version;               ///< such as "2026a"; "unknown" where the system does not say
    std::shared_ptr<const std::string> tzif;  ///< the file's bytes (RFC 9636)
};

}  // namespace runbookd::cron
