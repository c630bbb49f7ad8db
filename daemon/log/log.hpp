#pragma once
// The daemon's own log: an event's name and its fields, one line each. The journal under systemd, text on a
// terminal, JSON on request. Never a secret, never a variable's value.
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spdlog {
class logger;
}

namespace runbookd::log {

enum class Level { debug, info, warning, error };
enum class Format {
    automatic,  ///< journal where standard error is the journal's, else text
    text,
    json,
};

using Fields = std::vector<std::pair<std::string_view, std::string>>;

class Log {
public:
    Log(Level least, Format format);
    ~Log();
    /// `run.started run=01J… runbook=patch targets=10`; values with spaces are quoted, control characters
    /// escaped.
    void event(Level level, std::string_view name, const Fields& fields) const;
    /// Goes over every line from now on: takes secrets out.
    void set_redaction(std::function<std::string(std::string)> redact) { redact_ = std::move(redact); }

private:
    std::unique_ptr<spdlog::logger> logger_;
    Format format_;
    std::function<std::string(std::string)> redact_;
};

/// The text form, as event() writes it.
[[nodiscard]] std::string to_line(std::string_view name, const Fields& fields);

}  // namespace runbookd::log
