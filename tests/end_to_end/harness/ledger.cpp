#include "end_to_end/harness/ledger.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "temp_folder.hpp"

namespace runbookd::end_to_end {

using testing::text_of;

std::vector<nlohmann::json> json_lines_of(const std::filesystem::path& file) {
    const auto text = text_of(file);
    std::vector<nlohmann::json> lines;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        lines.push_back(nlohmann::json::parse(text.substr(begin, end - begin)));
        begin = end + 1;
    }
    return lines;
}

std::vector<Accepted> LedgerReader::accepted() const {
    constexpr std::string_view kMark = " rb";
    std::vector<Accepted> all;
    for (const auto& line : json_lines_of(file_)) {
        if (line.at("event") != "accepted") continue;
        Accepted one;
        one.datto_job_uid = line.at("job_uid").get<std::string>();
        one.device_uid = line.at("device_uid").get<std::string>();
        one.job_name = line.at("job_name").get<std::string>();
        const auto mark = one.job_name.rfind(kMark);
        if (mark != std::string::npos) {
            one.runbook = one.job_name.substr(0, mark);
            one.job_uid = one.job_name.substr(mark + kMark.size());
        }
        all.push_back(std::move(one));
    }
    return all;
}

std::size_t LedgerReader::accepted_count() const {
    constexpr std::string_view kAccepted = "\"event\":\"accepted\"";
    const auto text = text_of(file_);
    std::size_t count = 0;
    for (auto at = text.find(kAccepted); at != std::string::npos; at = text.find(kAccepted, at + 1)) ++count;
    return count;
}

}  // namespace runbookd::end_to_end
