#pragma once
// The audit log as a person with sqlite3 sees it: read-only, while the daemon runs or after it has gone.
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace runbookd::end_to_end {

inline const std::string kNull = "<null>";
/// By column; every value as text, NULL as kNull.
using Row = std::map<std::string, std::string>;

class SqliteReader {
public:
    explicit SqliteReader(std::filesystem::path file) : file_(std::move(file)) {}
    [[nodiscard]] std::vector<Row> rows(const std::string& sql) const;
    /// The first column of the first row; kNull where there is none.
    [[nodiscard]] std::string text(const std::string& sql) const;
    [[nodiscard]] std::int64_t number(const std::string& sql) const;

private:
    std::filesystem::path file_;
};

}  // namespace runbookd::end_to_end
