#pragma once
// How often one page of a list is asked for: a list of hundreds of pages would otherwise never be whole where
// now and then an answer is lost.
#include "engine/api.hpp"

namespace runbookd::engine {

class PageTries {
public:
    /// A page is asked for so often; then its list is begun anew.
    static constexpr int kMost = 3;

    /// The page has not come: whether the same one is to be asked for again, because the next try may well be
    /// answered. False: the list is to be given up, and the next page begins with all its tries.
    [[nodiscard]] bool is_worth_asking_again(const ApiFailure& failure);
    /// The next page is another one.
    void restart() { misses_ = 0; }

private:
    int misses_ = 0;  // in a row
};

}  // namespace runbookd::engine
