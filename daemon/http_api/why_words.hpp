#pragma once
// The words of the record as a person reads them aloud.
#include <string>
#include <string_view>

namespace runbookd::http_api {

/// "an earlier run of this runbook had not decided it yet"; a reason without words of its own: itself.
[[nodiscard]] std::string reason_in_words(std::string_view reason);
/// The same of a target's last word, of which the disposition is a part.
[[nodiscard]] std::string reason_in_words(std::string_view disposition, std::string_view reason);
/// "was skipped", "failed" …
[[nodiscard]] std::string disposition_in_words(std::string_view disposition);
/// Of a verdict without a run: "was missed: runbookd was not running".
[[nodiscard]] std::string verdict_in_words(std::string_view verdict, std::string_view reason);
/// "2026-12-01T02:00:03.000Z" as "2026-12-01 02:00:03 UTC".
[[nodiscard]] std::string spoken_time(std::string_view iso);

}  // namespace runbookd::http_api
