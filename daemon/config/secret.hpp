#pragma once
// A value that must not be printed: it has no operator<<, and its text is had by asking for it in so many
// words.
#include <string>
#include <utility>

namespace runbookd::config {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}

    [[nodiscard]] const std::string& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }
    friend bool operator==(const Secret&, const Secret&) = default;

private:
    std::string value_;
};

}  // namespace runbookd::config
