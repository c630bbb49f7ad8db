// runbookctl: the command line of runbookd.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <thread>

#include "cli/cli.hpp"

namespace {

std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

std::size_t terminal_width() {
    constexpr std::size_t kUsualWidth = 80;
    if (::isatty(STDOUT_FILENO) == 0) return 0;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
    return size.ws_col;
}

int run(const std::vector<std::string>& words) {
    const runbookd::SystemClock clock;
    const auto width = terminal_width();
    const auto no_colour = environment("NO_COLOR");
    runbookd::cli::Surroundings around{
        .out = std::cout,
        .err = std::cerr,
        .clock = clock,
        .environment = environment,
        .pause = [](runbookd::Millis span) { std::this_thread::sleep_for(span); },
        .width = width,
        .has_colour = width > 0 && (!no_colour || no_colour->empty()),
        .err_is_terminal = ::isatty(STDERR_FILENO) != 0,
    };
    const int status = runbookd::cli::run(words, around);
    std::cout.flush();
    if (!std::cout && status == 0) {
        std::cerr << "runbookctl: the output could not be written\n";
        return runbookd::cli::kFailed;
    }
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "runbookctl: " << error.what() << '\n';
        return runbookd::cli::kFailed;
    }
}
