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

double begin_of(std::size_t bucket) {
    return bucket == 0 ? 0 : std::exp2((static_cast<double>(bucket) - 1) / kPerDoubling);
}
double end_of(std::size_t bucket) { return std::exp2(static_cast<double>(bucket) / kPerDoubling); }
double width_of(std::size_t bucket) { return end_of(bucket) - begin_of(bucket); }
double middle_of(std::size_t bucket) {
    return bucket == 0 ? end_of(0) / 2 : std::sqrt(begin_of(bucket) * end_of(bucket));
}

std::size_t bucket_of(double seconds, std::size_t buckets) {
    if (seconds < 1) return 0;
    const auto place = static_cast<std::size_t>(std::floor(std::log2(seconds) * kPerDoubling)) + 1;
    return std::min(place, buckets - 1);
}

double seconds(Millis span) { return std::max(Seconds{span}.count(), 0.0); }

}  // namespace

void DurationCurve::saw_running(Millis from, Millis until) {
    const auto begin = seconds(from);
    const auto end = seconds(until);
    for (auto i = bucket_of(begin, kBuckets); i < kBuckets && begin_of(i) < end; ++i)
        exposure_[i] += std::max(0.0, std::min(end, end_of(i)) - std::max(begin, begin_of(i)));
    is_computed_ = false;
}

void DurationCurve::saw_end(Millis from, Millis until) {
    for (auto& one : ends_) one *= 1 - 1 / kMemory;
    for (auto& one : exposure_) one *= 1 - 1 / kMemory;
    const auto begin = seconds(from);
    const auto end = std::max(seconds(until), begin + 0.001);
    // Anywhere between the two, one instant as likely as another; half of it was time at risk.
    for (auto i = bucket_of(begin, kBuckets); i < kBuckets; ++i) {
        const auto last = i + 1 == kBuckets ? end : end_of(i);
        const auto inside = std::max(0.0, std::min(end, last) - std::max(begin, begin_of(i)));
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
        const auto width = width_of(i);
        ends += kKernel[k] * (ends_[i] + kAssumedJobs * kAssumedHazard * width / middle_of(i));
        exposure += kKernel[k] * (exposure_[i] / width + kAssumedJobs);
    }
    return ends / exposure / width_of(bucket);
}

const DurationCurve::Row& DurationCurve::density() const {
    if (is_computed_) return density_;
    double surviving = 1;
    double looks = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
        const auto hazard = smooth_hazard(i);
        density_[i] = std::sqrt(hazard / std::sqrt(middle_of(i)));
        const auto left = surviving * std::exp(-hazard * width_of(i));
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
    for (auto i = bucket_of(begin, kBuckets);; ++i) {
        const auto rate = density[std::min(i, kBuckets - 1)] * factor;
        const auto last = end_of(i);
        const auto inside = (last - at) * rate;
        if (inside >= missing || i >= kBuckets) {
            at += missing / rate;
            break;
        }
        missing -= inside;
        at = last;
    }
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
