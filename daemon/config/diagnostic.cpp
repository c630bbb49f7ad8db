#include "config/diagnostic.hpp"

#include <algorithm>

namespace runbookd::config {

std::string to_line(const Diagnostic& diagnostic) {
    std::string line = diagnostic.file;
    if (diagnostic.line > 0) {
        line += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(std::max(diagnostic.column, 1));
    }
    if (!line.empty()) line += ": ";
    line += std::string(to_text(diagnostic.severity)) + ": ";
    if (!diagnostic.path.empty()) line += diagnostic.path + ": ";
    line += diagnostic.message;

    std::string hints;
    if (!diagnostic.expected.empty()) hints = "expected " + diagnostic.expected;
    if (!diagnostic.suggestion.empty()) {
        hints += (hints.empty() ? "did you mean " : "; did you mean ") + diagnostic.suggestion + "?";
    }
    if (!hints.empty()) line += " (" + hints + ")";
    return line;
}

const char* to_text(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& found) { return found.severity == Severity::error; });
}

}  // namespace runbookd::config
