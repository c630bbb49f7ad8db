#include "plain_fleet.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <regex>

namespace runbookd::bench {
namespace {

/// A test with its globs in the form that `Matches` takes.
template <class Pattern>
struct Prepared {
    const PlainTest* test;
    std::vector<Pattern> patterns;
};

template <class Pattern, class Matches>
std::size_t select(const std::vector<PlainDevice>& fleet, const std::vector<Prepared<Pattern>>& tests,
                   Matches matches) {
    std::vector<const PlainDevice*> found;
    for (const auto& device : fleet) {
        const bool fits = std::all_of(tests.begin(), tests.end(), [&](const auto& one) {
            const auto& text = one.test->property(device);
            const bool any = std::any_of(one.patterns.begin(), one.patterns.end(),
                                         [&](const Pattern& pattern) { return matches(pattern, text); });
            return any != one.test->negated;
        });
        if (fits) found.push_back(&device);
    }
    return found.size();
}

std::regex as_regex(const std::string& glob) {
    std::string text;
    for (const char c : glob) {
        if (c == '*')
            text += ".*";
        else if (c == '?')
            text += '.';
        else if (std::string_view(R"(\^$.|+()[]{})").find(c) != std::string_view::npos)
            text += std::string("\\") + c;
        else
            text += c;
    }
    return std::regex(text, std::regex::icase | std::regex::optimize);
}

}  // namespace

PlainDevice as_plain(const engine::Device& device, const std::map<int, std::string>& udf) {
    return {device.uid.str(),
            device.site_uid.str(),
            device.site_name.str(),
            device.hostname,
            device.os.str(),
            device.device_type.str(),
            device.device_class.str(),
            device.domain.str(),
            device.patch_status.str(),
            udf,
            device.online,
            device.suspended,
            device.deleted};
}

std::size_t select_by_fnmatch(const std::vector<PlainDevice>& fleet, const std::vector<PlainTest>& tests) {
    std::vector<Prepared<std::string>> prepared;
    for (const auto& test : tests) prepared.push_back({&test, test.globs});
    return select<std::string>(fleet, prepared, [](const std::string& glob, const std::string& text) {
        return fnmatch(glob.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
    });
}

std::size_t select_by_regex(const std::vector<PlainDevice>& fleet, const std::vector<PlainTest>& tests) {
    std::vector<Prepared<std::regex>> prepared;
    for (const auto& test : tests) {
        prepared.push_back({&test, {}});
        for (const auto& glob : test.globs) prepared.back().patterns.push_back(as_regex(glob));
    }
    return select<std::regex>(fleet, prepared, [](const std::regex& pattern, const std::string& text) {
        return std::regex_match(text, pattern);
    });
}

}  // namespace runbookd::bench
