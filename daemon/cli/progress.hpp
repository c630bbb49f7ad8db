#pragma once
// Progress on stderr: one line that is rewritten on a terminal, else a line per change.
#include <string>

#include "cli/surroundings.hpp"

namespace runbookd::cli {

class Progress {
public:
    explicit Progress(Surroundings& around) : around_(around) {}
    ~Progress() { finish(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Shows `line` where it differs from the last.
    void show(const std::string& line);
    /// Leaves the last line standing; what is written next begins a line of its own.
    void finish();

private:
    Surroundings& around_;
    std::string last_;
};

}  // namespace runbookd::cli
