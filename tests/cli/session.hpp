#pragma once
// runbookctl run inside a test: its streams are kept, its clock stands still but for the pauses it makes.
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "cli/cli.hpp"

namespace runbookd::testing {

class SteppedClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override { return now_; }
    void advance(Millis span) {
        now_.utc += span;
        now_.steady += span;
    }
    void set(UtcTime utc) { now_.utc = utc; }

private:
    Instant now_;
};

struct Session {
    SteppedClock clock;
    std::map<std::string, std::string> environment;
    std::function<void()> on_pause = [] {};
    std::size_t width = 0;
    bool has_colour = false;
    bool err_is_terminal = false;
    std::string out, err;  ///< of the last call

    int run(const std::vector<std::string>& words) {
        std::ostringstream out_stream, err_stream;
        cli::Surroundings around{
            .out = out_stream,
            .err = err_stream,
            .clock = clock,
            .environment = [this](const char* name) -> std::optional<std::string> {
                const auto found = environment.find(name);
                if (found == environment.end()) return std::nullopt;
                return found->second;
            },
            .pause =
                [this](Millis span) {
                    clock.advance(span);
                    on_pause();
                },
            .width = width,
            .has_colour = has_colour,
            .err_is_terminal = err_is_terminal,
        };
        const int status = cli::run(words, around);
        out = out_stream.str();
        err = err_stream.str();
        return status;
    }
};

}  // namespace runbookd::testing
