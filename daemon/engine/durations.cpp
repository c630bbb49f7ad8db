#include "engine/durations.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace runbookd::engine {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kPerDoubling = 4;
// What is assumed before anything was seen: so many jobs, whose hazard at each age is this much of 1/age.
constexpr double kAssumedJobs = 0.5;
constexpr double kAssumedHazard = 0.3;
// The newest so many ends make up most of what is known.
constexpr double kMemory = 600;
// Each bucket is read together with its neighbours: few ends, spread over many buckets, are noise.
constexpr std::array<double, 3> kKernel{1, 2, 1};
// One look finds an end half a pause late on average, so this much of a look is spent on the end itself.
constexpr double kLookAtTheEnd = 0.5;
constexpr double kFewestLooks = 0.05;

double seconds(Millis span) { return std::max(Seconds{span}.count(), 0.0); }

}  // namespace

const std::array<DurationCurve::Bucket, DurationCurve::kBuckets>& DurationCurve::buckets() {
    static const auto kAll = [] {
        std::array<Bucket, kBuckets> all;
        for (std::size_t i = 0; i < kBuckets; ++i) {
            auto& one = all[i];
            one.begin = i == 0 ? 0 : all[i - 1].end;
            one.end = std::exp2(static_cast<double>(i) / kPerDoubling);
            one.width = one.end - one.begin;
            one.middle = i == 0 ? one.end / 2 : std::sqrt(one.begin * one.end);
        }
        return all;
    }();
    return kAll;
}

std::size_t DurationCurve::bucket_of(double seconds) {
    if (seconds < 1) return 0;
    const auto place = static_cast<std::size_t>(std::floor(std::log2(seconds) * kPerDoubling)) + 1;
    return std::min(place, kBuckets - 1);
}

void DurationCurve::saw_running(Millis from, Millis until) {
    const auto begin = seconds(from);
    const auto end = seconds(until);
    for (auto i = bucket_of(begin); i < kBuckets && buckets()[i].begin < end; ++i)
        exposure_[i] += std::max(0.0, std::min(end, buckets()[i].end) - std::max(begin, buckets()[i].begin));
    is_computed_ = false;
}

void DurationCurve::saw_end(Millis from, Millis until) {
    for (auto& one : ends_) one *= 1 - 1 / kMemory;
    for (auto& one : exposure_) one *= 1 - 1 / kMemory;
    const auto begin = seconds(from);
    const auto end = std::max(seconds(until), begin + 0.001);
    // Anywhere between the two, one instant as likely as another; half of it was time at risk.
    for (auto i = bucket_of(begin); i < kBuckets; ++i) {
        const auto last = i + 1 == kBuckets ? end : buckets()[i].end;
        const auto inside = std::max(0.0, std::min(end, last) - std::max(begin, buckets()[i].begin));
        ends_[i] += inside / (end - begin);
        exposure_[i] += inside / 2;
        if (last >= end) break;
    }
    is_computed_ = false;
}

double DurationCurve::ended() const { return std::accumulate(ends_.begin(), ends_.end(), 0.0); }

double DurationCurve::smooth_hazard(std::size_t bucket) const {
    double ends = 0;
    double exposure = 0;
    const auto reach = kKernel.size() / 2;
    for (std::size_t k = 0; k < kKernel.size(); ++k) {
        if (bucket + k < reach || bucket + k - reach >= kBuckets) continue;
        const auto i = bucket + k - reach;
        // In units of the bucket's own width, so that a wide neighbour does not outweigh a narrow one.
        const auto& one = buckets()[i];
        ends += kKernel[k] * (ends_[i] + kAssumedJobs * kAssumedHazard * one.width / one.middle);
        exposure += kKernel[k] * (exposure_[i] / one.width + kAssumedJobs);
    }
    return ends / exposure / buckets()[bucket].width;
}

const DurationCurve::Row& DurationCurve::density() const {
    if (is_computed_) return density_;
    double surviving = 1;
    double looks = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        const auto hazard = smooth_hazard(i);
        density_[i] = std::sqrt(hazard / std::sqrt(buckets()[i].middle));
        const auto left = surviving * std::exp(-hazard * buckets()[i].width);
        looks += density_[i] * (surviving - left) / hazard;
        surviving = left;
    }
    for (auto& one : density_) one /= looks;
    is_computed_ = true;
    return density_;
}

Millis DurationCurve::pause(Millis age, double looks) const {
    const auto& density = this->density();
    const auto factor = std::max(looks - kLookAtTheEnd, kFewestLooks);
    const auto begin = seconds(age);
    auto missing = 1.0;  // of a look
    auto at = begin;
    // In the last bucket, and beyond it, there is no end to wait for.
    auto i = bucket_of(begin);
    for (; i + 1 < kBuckets; ++i) {
        const auto inside = (buckets()[i].end - at) * density[i] * factor;
        if (inside >= missing) break;
        missing -= inside;
        at = buckets()[i].end;
    }
    at += missing / (density[i] * factor);
    return std::chrono::duration_cast<Millis>(Seconds{at - begin});
}

void Durations::restore(const std::vector<SeenDuration>& seen) {
    for (const auto& [component, took] : seen) {
        auto& curve = of(component);
        curve.saw_running(Millis{0}, took);
        curve.saw_end(took, took);
    }
}

}  // namespace runbookd::engine
