#pragma once
// The CLI's side of the control socket: one request, one answer, within a limit of time.
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace runbookd::cli {

/// A path with its segments and parameters encoded.
class Target {
public:
    /// `path` is literal: "/v1/runs".
    explicit Target(std::string path) : text_(std::move(path)) {}
    /// Adds "/" and `segment`.
    Target& segment(const std::string& segment);
    /// Adds a query parameter; an empty value adds nothing.
    Target& parameter(const std::string& name, const std::string& value);
    [[nodiscard]] const std::string& str() const { return text_; }

private:
    std::string text_;
    bool has_parameters_ = false;
};

class Client {
public:
    explicit Client(std::string socket, Millis limit = std::chrono::minutes{3})
        : socket_(std::move(socket)), limit_(limit) {}

    /// The body of a 2xx answer. Errors: unavailable and permission (the daemon cannot be reached: says why
    /// and what to do), else what the daemon said, with its candidates or suggestions.
    [[nodiscard]] Result<std::string> get(const Target& target) const;
    [[nodiscard]] Result<std::string> post(const Target& target, const std::string& body) const;

private:
    [[nodiscard]] Result<std::string> exchange(std::string method, std::string target,
                                               std::string body) const;
    std::string socket_;
    Millis limit_;
};

}  // namespace runbookd::cli
