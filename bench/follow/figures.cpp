#include "follow/figures.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace runbookd::bench {
namespace {

using Seconds = std::chrono::duration<double>;

double quantile(std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    return sorted[std::min(sorted.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

/// When the last job would have ended, had each been created as early as the budget allows: the same jobs in
/// the same order, each as long as it was.
double bound_of(const Ends& ends, int creates_a_minute) {
    std::vector<Ends::Job> jobs;
    for (const auto& [uid, job] : ends.jobs())
        if (job.ended) jobs.push_back(job);
    std::sort(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) { return a.accepted < b.accepted; });
    double last = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto minute = i / static_cast<std::size_t>(creates_a_minute);
        last = std::max(
            last, static_cast<double>(minute) * 60 + Seconds{*jobs[i].ended - jobs[i].accepted}.count());
    }
    return last;
}

}  // namespace

FollowFigures figures_of(const Followed& followed, const Ends& ends, int creates_a_minute) {
    FollowFigures figures;
    std::vector<double> delays;
    UtcTime last = followed.began;
    for (const auto& [uid, at] : followed.recorded) {
        const auto job = ends.jobs().find(uid);
        if (job == ends.jobs().end() || !job->second.ended) continue;
        delays.push_back(Seconds{at - *job->second.ended}.count());
        last = std::max(last, at);
    }
    std::sort(delays.begin(), delays.end());
    figures.jobs = delays.size();
    const auto reads = followed.result_reads + followed.output_reads + followed.log_reads;
    figures.reads_per_job =
        static_cast<double>(reads) / static_cast<double>(std::max<std::size_t>(1, figures.jobs));
    figures.other_reads = static_cast<double>(followed.other_reads);
    figures.median_delay_s = quantile(delays, 0.5);
    figures.p95_delay_s = quantile(delays, 0.95);
    figures.makespan_s = Seconds{last - followed.began}.count();
    figures.makespan_over_bound = figures.makespan_s / bound_of(ends, creates_a_minute) - 1;
    figures.refused = static_cast<double>(followed.refused);
    return figures;
}

}  // namespace runbookd::bench
