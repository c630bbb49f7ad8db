#include "cli/progress.hpp"

namespace runbookd::cli {

void Progress::show(const std::string& line) {
    if (line == last_) return;
    last_ = line;
    if (around_.err_is_terminal)
        around_.err << "\r\x1b[K" << line;
    else
        around_.err << line << '\n';
    around_.err.flush();
}

void Progress::finish() {
    if (around_.err_is_terminal && !last_.empty()) around_.err << '\n';
    last_.clear();
    around_.err.flush();
}

}  // namespace runbookd::cli
