#pragma once
// The project's own C++ files, as text that can be searched without stumbling over comments and strings.
#include <string>
#include <string_view>
#include <vector>

namespace architecture {

struct SourceFile {
    std::string path;  ///< relative to the checkout, such as "daemon/base/time.hpp"
    std::string text;
};

/// Every .hpp and .cpp file under `folder`, in order of path. Fails the test when there is none.
std::vector<SourceFile> source_files(const std::string& folder);

/// daemon/ and sandbox/.
std::vector<SourceFile> all_sources();

/// The same text with comments, the insides of literals and preprocessor lines blanked; line breaks stay.
std::string code_only(std::string_view text);

/// 1-based.
std::size_t line_at(std::string_view text, std::size_t position);

}  // namespace architecture
