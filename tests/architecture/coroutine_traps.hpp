#pragma once
// Finds the two forms of awaiting statement that g++ 12 miscompiles without a word (CONTRIBUTING says how to
// write them instead). A heuristic over tokens, not a parser: it follows brackets, control headers, lambdas
// and braces.
//  (a) co_await in the header of if, while, for or switch; init statements are fine.
//  (b) a statement that awaits and also makes a capturing lambda or a braced temporary; Type name{...} is
//  fine, and
//      so are braced durations, which have nothing to destroy.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace architecture {

struct Trap {
    std::size_t line;
    std::string what;
};

std::vector<Trap> coroutine_traps(std::string_view source);

}  // namespace architecture
