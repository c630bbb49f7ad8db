#pragma once
// Random choices of a seed: one build of the program makes the same ones every time.
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace runbookd::simulation {

class Draw {
public:
    explicit Draw(std::uint64_t seed) : random_(seed) {}
    /// 0 or more, below `n` (1 or more).
    [[nodiscard]] std::size_t below(std::size_t n) { return random_() % n; }
    /// From `least` to `most`, both included.
    [[nodiscard]] int from(int least, int most) {
        return least + static_cast<int>(below(static_cast<std::size_t>(most - least + 1)));
    }
    [[nodiscard]] bool chance(int percent) { return from(0, 99) < percent; }
    [[nodiscard]] std::string one_of(std::initializer_list<const char*> list) {
        return *(list.begin() + below(list.size()));
    }
    template <class T>
    [[nodiscard]] const T& one_of(const std::vector<T>& list) {
        return list[below(list.size())];
    }
    [[nodiscard]] Millis span(Millis least, Millis most) {
        return least + Millis{static_cast<std::int64_t>(
                           random_() % static_cast<std::uint64_t>((most - least).count() + 1))};
    }

private:
    std::mt19937_64 random_;
};

}  // namespace runbookd::simulation
