#pragma once
// Reading the maps of the fleet file with a memory for mistakes: every problem is collected with its line,
// none ends the reading. Only the files that read parts of it include this.
#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sandbox/draws.hpp"

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
    /// A share such as "98%", as 0.98.
    [[nodiscard]] double share(const std::string& key, double otherwise);
    /// The value that stands for the word under `key`.
    template <class Value>
    [[nodiscard]] Value one_of(const std::string& key,
                               const std::vector<std::pair<std::string, Value>>& words, Value otherwise) {
        std::vector<std::string> names;
        for (const auto& [name, value] : words) names.push_back(name);
        const auto index = index_of_word(key, names);
        return index ? words[*index].second : otherwise;
    }
    /// All keys that the map has, for those whose names are free.
    [[nodiscard]] std::vector<std::string> keys() const;
    /// The map under `key`; none where it is absent.
    [[nodiscard]] std::optional<YamlMap> inner(const std::string& key);
    /// The items of a list; none where the key is absent.
    [[nodiscard]] std::vector<YAML::Node> list(const std::string& key);

    void problem(const std::string& key, const std::string& what);
    /// Unknown keys become problems, with the nearest known one.
    void finish();

    /// The text under `key`; where it is no scalar, a problem that says what was `expected`. None where it is
    /// absent or no scalar.
    [[nodiscard]] std::optional<std::string> scalar(const std::string& key, const std::string& expected);

private:
    [[nodiscard]] std::optional<std::size_t> index_of_word(const std::string& key,
                                                           const std::vector<std::string>& words);

    YAML::Node node_;
    std::string path_;
    Problems& problems_;
    std::vector<std::string> known_;
};

/// A plain scalar (one without quotes); `"7"` and `'on'` are texts, never numbers or booleans.
[[nodiscard]] bool is_plain(const YAML::Node& node);

}  // namespace runbookd::sandbox
