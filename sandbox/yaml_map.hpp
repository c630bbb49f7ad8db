#pragma once
// Reading the maps of the fleet file with a memory for mistakes: every problem is collected with its line,
// none ends the reading. Only fleet_file.cpp includes this.
#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "sandbox/fleet.hpp"

namespace runbookd::sandbox {

/// What is wrong with one file.
class Problems {
public:
    explicit Problems(std::string file) : file_(std::move(file)) {}
    /// `what` says which key and what was expected.
    void add(const YAML::Node& where, const std::string& what) { add(where.Mark().line, what); }
    /// `line` counts from 0, as yaml-cpp does.
    void add(int line, const std::string& what);
    [[nodiscard]] bool none() const { return lines_.empty(); }
    /// One line each, in the order found: "file:line: what".
    [[nodiscard]] std::string text() const;

private:
    std::string file_;
    std::vector<std::string> lines_;
};

/// One map. Each key that is asked for counts as known; finish() reports the others.
class YamlMap {
public:
    /// `path` is how messages call the map ("sites[0]"); `problems` outlives it.
    YamlMap(const YAML::Node& node, std::string path, Problems& problems);

    /// The node under `key`; undefined where it is absent or null.
    [[nodiscard]] YAML::Node get(const std::string& key);
    [[nodiscard]] std::string path_of(const std::string& key) const;

    [[nodiscard]] std::string text(const std::string& key, std::string otherwise);
    [[nodiscard]] std::string required_text(const std::string& key);
    [[nodiscard]] bool flag(const std::string& key, bool otherwise);
    [[nodiscard]] int number(const std::string& key, int least, int most, int otherwise);
    [[nodiscard]] Millis span(const std::string& key, Millis otherwise);
    [[nodiscard]] std::optional<Millis> optional_span(const std::string& key);
    /// "2s..10s", or one span for both ends.
    [[nodiscard]] SpanRange range(const std::string& key, SpanRange otherwise);
    /// The items of a list; none where the key is absent.
    [[nodiscard]] std::vector<YAML::Node> list(const std::string& key);

    void problem(const std::string& key, const std::string& what);
    /// Unknown keys become problems, with the nearest known one. Keys in `later` are refused as not supported
    /// yet.
    void finish(const std::vector<std::string>& later = {});

private:
    [[nodiscard]] std::optional<std::string> scalar(const std::string& key, const std::string& expected);

    YAML::Node node_;
    std::string path_;
    Problems& problems_;
    std::vector<std::string> known_;
};

/// "95%" as 0.95.
[[nodiscard]] std::optional<double> parse_share(std::string_view text);

/// A plain scalar (one without quotes); `"7"` and `'on'` are texts, never numbers or booleans.
[[nodiscard]] bool is_plain(const YAML::Node& node);

}  // namespace runbookd::sandbox
