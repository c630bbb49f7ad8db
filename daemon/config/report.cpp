#include "config/report.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace runbookd::config {
void Report::error(Mark at, const std::string& path, Finding finding) {
    add_one(at, path, Severity::error, std::move(finding));
}

void Report::warning(Mark at, const std::string& path, Finding finding) {
    add_one(at, path, Severity::warning, std::move(finding));
}

void Report::add_one(Mark at, const std::string& path, Severity severity, Finding finding) {
    if (found_.size() > kMostDiagnostics) return;
    if (found_.size() == kMostDiagnostics) {
        finding = {.code = "too_big", .message = "more problems follow; correct those above first"};
        severity = Severity::error;
    }
    Diagnostic found;
    const bool is_inherited = at.origin == Origin::settings;
    found.file = is_inherited ? settings_file_ : file_;
    found.line = at.line;
    found.column = at.column;
    found.path = path;
    found.severity = severity;
    found.code = std::move(finding.code);
    found.message = std::move(finding.message);
    if (is_inherited) found.message += ", in what " + file_ + " takes from here";
    found.expected = std::move(finding.expected);
    found.suggestion = std::move(finding.suggestion);
    found_.push_back(std::move(found));
}

void Report::add(std::vector<Diagnostic> found) {
    std::move(found.begin(), found.end(), std::back_inserter(found_));
}

std::vector<Diagnostic> Report::take() {
    const auto place = [this](const Diagnostic& found) {
        return std::tuple(found.file != file_, found.line, found.column);
    };
    std::stable_sort(found_.begin(), found_.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
    return std::exchange(found_, {});
}

}  // namespace runbookd::config
