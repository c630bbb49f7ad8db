#pragma once
// A folder that goes with its test. Its path is short: a control socket's path has 107 bytes at most.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace runbookd::testing {

class TempFolder {
public:
    TempFolder() {
        auto pattern = (std::filesystem::temp_directory_path() / "rb-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder: " + pattern);
        path_ = pattern;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return path_ / name; }
    /// Writes a whole file, readable by the owner only, and the folders that lead to it.
    std::filesystem::path write(const std::string& name, const std::string& text) const {
        using std::filesystem::perms;
        std::filesystem::create_directories(file(name).parent_path());
        std::ofstream(file(name), std::ios::binary | std::ios::trunc) << text;
        std::filesystem::permissions(file(name), perms::owner_read | perms::owner_write);
        return file(name);
    }

private:
    std::filesystem::path path_;
};

/// A whole file; empty where there is none.
[[nodiscard]] inline std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace runbookd::testing
