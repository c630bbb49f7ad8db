#pragma once
// Reads the activity log for jobs of ours, where the store was put back to an earlier state: what was created
// since is in Datto RMM, and nowhere else. From the newest time that the store knows until now, page by page
// within the budget; again and again, for the log lags, until a person accepts the store. A restart begins
// anew: what was recorded by then is known.
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/alarm.hpp"
#include "engine/line.hpp"
#include "engine/recovered.hpp"

namespace runbookd::engine {

/// A job that the log shows and the store does not know.
struct FoundJob {
    JobUid job;
    DattoJobUid upstream;
    std::string runbook;
    DeviceUid device;      ///< empty: the log does not say
    UtcTime created_at{};  ///< when its intent was made, as its uid says
    std::string hostname;  ///< as the log has it; may be empty
};

class RestoreSearch {
public:
    RestoreSearch(Line& line, AlarmClock& clock);

    /// Begins, or begins anew. `known`: jobs beside those of `restore` that the store knows.
    void begin(const RecoveredRestore& restore, const std::set<JobUid>& known, Instant now);
    void end();
    [[nodiscard]] bool is_under_way() const { return is_under_way_; }
    [[nodiscard]] bool wants_to_read() const { return is_due_ && !is_reading_; }
    void pump(Instant now);

    /// Jobs that have come in with a pass that is whole, oldest first.
    [[nodiscard]] bool has_found() const { return !ready_.empty(); }
    [[nodiscard]] std::vector<FoundJob> take_found();
    /// The pass that is under way will not become whole: what it has found is to be taken as well.
    void settle_for_part(Instant now);
    /// When the oldest of them came in; meaningful while has_found().
    [[nodiscard]] SteadyTime found_at() const { return found_at_; }
    /// The log has been read from the beginning until a moment after the daemon was started: what it does not
    /// show was most likely not created.
    [[nodiscard]] bool is_complete() const { return is_complete_; }
    /// The API refuses the log: it is asked again now and then, and nothing can be said.
    [[nodiscard]] bool is_refused() const { return is_refused_; }

    // ── for people ──
    [[nodiscard]] UtcTime since() const { return since_; }
    [[nodiscard]] UtcTime held_at() const { return held_at_; }
    /// Until when the log has been read; none: no line of it has come.
    [[nodiscard]] std::optional<UtcTime> read_until() const;
    [[nodiscard]] std::size_t pages() const { return pages_; }
    /// Jobs of ours that the log showed: those that the store knew, and those that it did not.
    [[nodiscard]] std::size_t known_jobs() const { return seen_known_.size(); }
    [[nodiscard]] std::size_t found_jobs() const { return seen_found_.size(); }
    /// Why it gets no further; empty: it does.
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    void begin_pass(Instant now);
    void on_page(const ApiResult& result, Instant now);
    void take(const JobActivity& activity);
    void break_off(const ApiResult& result, Instant now);
    void end_pass(Instant now);

    Line& line_;
    Alarm next_;
    bool is_under_way_ = false;
    bool is_due_ = false;
    bool is_reading_ = false;
    bool is_complete_ = false;
    bool is_refused_ = false;
    UtcTime since_{}, held_at_{};
    std::set<JobUid> known_;            // to the store, by now
    std::set<JobUid> lost_;             // of those: that the log showed first
    std::map<JobUid, FoundJob> found_;  // in this pass, or one that was broken off
    std::vector<FoundJob> ready_;
    SteadyTime found_at_{};
    std::set<JobUid> seen_known_, seen_found_;
    std::size_t pages_ = 0;
    std::string problem_;
    // ── the pass that is under way ──
    std::string cursor_;
    UtcTime pass_began_{}, pass_from_{};
    std::optional<UtcTime> newest_;     // line of it
    std::optional<UtcTime> resume_at_;  // where one that was broken off goes on
    std::optional<UtcTime> passed_until_;
};

}  // namespace runbookd::engine
