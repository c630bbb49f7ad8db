#pragma once
// The files that others may trust: the ledger of jobs, the log of requests and the whole traffic, one JSON
// object a line, each line handed to the operating system before the call returns.
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sandbox/exchange.hpp"
#include "sandbox/operation.hpp"
#include "sandbox/witness.hpp"

namespace runbookd::sandbox {

/// A file that only grows. Writing to one that was never opened does nothing.
class JsonLines {
public:
    JsonLines() = default;
    /// Appends to `file`, which is made if need be. Errors: unavailable, saying why.
    [[nodiscard]] static Result<JsonLines> open(const std::filesystem::path& file);
    /// Throws std::runtime_error when the line cannot be written: a witness that loses lines is worse than
    /// none.
    void write(std::string_view line);
    [[nodiscard]] bool is_open() const { return out_.is_open(); }

private:
    std::filesystem::path file_;
    std::ofstream out_;
};

class Ledger final : public Witness {
public:
    explicit Ledger(JsonLines lines) : lines_(std::move(lines)) {}
    void accepted(UtcTime at, const Job& job, const std::string& device_uid,
                  const std::string& component_uid) override;
    void finished(UtcTime at, const Job& job, const std::string& device_uid) override;

private:
    JsonLines lines_;
};

class AccessLog {
public:
    explicit AccessLog(JsonLines lines) : lines_(std::move(lines)) {}
    /// `status` 0: the connection was reset. `query` is left out where it is empty.
    void request(UtcTime arrival, std::string_view method, std::string_view path, std::string_view query,
                 Operation operation, int status);

private:
    JsonLines lines_;
};

/// Every request and reply in full, key, secret and tokens included, to be held against openapi.yaml.
class TrafficLog {
public:
    explicit TrafficLog(JsonLines lines) : lines_(std::move(lines)) {}
    /// `fault` is the kind of the one that the request met; empty: none. Bytes that are no UTF-8 are
    /// replaced.
    void exchange(UtcTime arrival, const Request& request, Operation operation, const Reply& reply,
                  std::string_view fault);

private:
    JsonLines lines_;
};

}  // namespace runbookd::sandbox
