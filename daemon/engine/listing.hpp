#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "engine/api.hpp"

namespace runbookd::engine {

/// One paged list on its way in. What has come is held back until the last page is there.
template <class T>
class Listing {
public:
    [[nodiscard]] bool is_reading() const { return reading_; }
    [[nodiscard]] const std::string& cursor() const { return cursor_; }
    /// When the reading that is under way, or was last, began.
    [[nodiscard]] SteadyTime began() const { return began_; }
    /// When the reading of the newest whole list began; nullopt: never read whole.
    [[nodiscard]] std::optional<SteadyTime> read_at() const { return read_at_; }

    /// `expected`: about how many items will come; a list that grows by doubling is kept twice meanwhile.
    void begin(SteadyTime now, std::size_t expected = 0) {
        reading_ = true;
        began_ = now;
        cursor_.clear();
        gathered_.clear();
        gathered_.reserve(expected);
    }
    void abandon() {
        reading_ = false;
        gathered_ = {};
    }
    /// Takes a page; true when it was the last, and then take() has the whole.
    [[nodiscard]] bool add(Page<T> page) {
        for (auto& item : page.items) gathered_.push_back(std::move(item));
        cursor_ = std::move(page.next_cursor);
        if (!cursor_.empty()) return false;
        reading_ = false;
        read_at_ = began_;
        return true;
    }
    [[nodiscard]] std::vector<T> take() { return std::move(gathered_); }

private:
    bool reading_ = false;
    SteadyTime began_{};
    std::string cursor_;
    std::vector<T> gathered_;
    std::optional<SteadyTime> read_at_;
};

}  // namespace runbookd::engine
