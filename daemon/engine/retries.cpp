#include "engine/retries.hpp"

namespace runbookd::engine {
namespace {

bool is_wanted(const runbook::Retry& retry, Disposition disposition) {
    switch (disposition) {
        case Disposition::failed: return retry.on_failed;
        case Disposition::timeout: return retry.on_timeout;
        case Disposition::warning: return retry.on_warning;
        default: return false;
    }
}

}  // namespace

std::optional<UtcTime> Retries::next_try(const Run& run, const Target& target, Disposition disposition,
                                         Instant now) const {
    if (run.book == nullptr || !run.book->retry || run.found_at || run.is_halted_at(target.row.site_uid))
        return std::nullopt;
    if (books_.is_overtaken(run, target.row.device)) return std::nullopt;
    const auto& retry = *run.book->retry;
    if (target.tries >= retry.attempts || !is_wanted(retry, disposition)) return std::nullopt;
    const auto next = now.utc + retry.pause_after(target.tries);
    return next < run.create_end ? std::optional(next) : std::nullopt;
}

bool Retries::goes_on(const Run& run, const Target& target, Disposition disposition, Instant now) const {
    if (next_try(run, target, disposition, now)) return true;
    return now.utc < run.create_end && Steps::has_next(run, target, disposition);
}

void Retries::decide(Run& run, Target& target, Disposition disposition, const std::string& reason,
                     const std::string& message, Instant now) {
    const auto next = next_try(run, target, disposition, now);
    if (!next) return give_up(run, target, disposition, reason, message, now);
    books_.retry(run, target, {*next, disposition, reason}, now);
    on_again_(run, target, now);
}

}  // namespace runbookd::engine
