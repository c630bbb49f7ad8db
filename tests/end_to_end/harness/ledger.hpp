#pragma once
// The sandbox's ledger: what reached it, whatever the daemon believes.
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace runbookd::end_to_end {

struct Accepted {
    std::string datto_job_uid;
    std::string device_uid;
    std::string job_name;
    std::string runbook;  ///< from the name, `<runbook> rb<ULID>`
    std::string job_uid;  ///< from the name
};

class LedgerReader {
public:
    explicit LedgerReader(std::filesystem::path file) : file_(std::move(file)) {}
    /// Whole lines only: the last one may be on its way.
    [[nodiscard]] std::vector<Accepted> accepted() const;
    [[nodiscard]] std::size_t accepted_count() const;

private:
    std::filesystem::path file_;
};

/// Every whole line of a file of JSON lines.
[[nodiscard]] std::vector<nlohmann::json> json_lines_of(const std::filesystem::path& file);

}  // namespace runbookd::end_to_end
