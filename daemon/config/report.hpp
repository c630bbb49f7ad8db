#pragma once
// Collects the diagnostics of one file.
#include <cstddef>
#include <string>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/node.hpp"

namespace runbookd::config {

/// What a reader has to say about one place; the report adds the file.
struct Finding {
    std::string code;
    std::string message;
    std::string expected{};
    std::string suggestion{};
};

/// Beyond these a file is hopeless; the last one says that there are more.
inline constexpr std::size_t kMostDiagnostics = 500;

class Report {
public:
    /// `settings_file`: that of marks whose origin are the settings. Such a diagnostic says that it is about
    /// `file`.
    explicit Report(std::string file, std::string settings_file = {})
        : file_(std::move(file)), settings_file_(std::move(settings_file)) {}

    [[nodiscard]] const std::string& file() const { return file_; }
    void error(Mark at, const std::string& path, Finding finding);
    void warning(Mark at, const std::string& path, Finding finding);
    void add(std::vector<Diagnostic> found);
    /// An empty one for the same files.
    [[nodiscard]] Report sibling() const { return Report(file_, settings_file_); }

    [[nodiscard]] bool has_errors() const { return config::has_errors(found_); }
    /// In the order of the file, then of the settings. Leaves the report empty.
    [[nodiscard]] std::vector<Diagnostic> take();

private:
    void add_one(Mark at, const std::string& path, Severity severity, Finding finding);

    std::string file_;
    std::string settings_file_;
    std::vector<Diagnostic> found_;
};

}  // namespace runbookd::config
