#pragma once
// Small readers over checked nodes. Each takes a Field (a node, and what it is called), gives a value, or
// reports what is wrong with it and gives nothing; so a caller reads on and all problems of a file are found
// in one go.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "config/node.hpp"
#include "config/report.hpp"

namespace runbookd::config {

/// A value in a document. Borrows the node and the report.
struct Field {
    const Node* node;
    std::string path;
    Report* report;

    void error(Finding finding) const { report->error(node->mark, path, std::move(finding)); }
    void warning(Finding finding) const { report->warning(node->mark, path, std::move(finding)); }
    /// wrong_type: says what stands there instead.
    void wrong_type(const std::string& expected) const;
    /// not_supported: `what` is a key or value that the language has and this version does not.
    void not_supported(const std::string& what) const;
    /// The item of a list; its path is "path[n]".
    [[nodiscard]] Field item(std::size_t index) const;

    [[nodiscard]] bool is_null() const { return node->kind == Node::Kind::null; }
    [[nodiscard]] bool is_scalar() const { return node->kind == Node::Kind::scalar; }
    [[nodiscard]] bool is_list() const { return node->kind == Node::Kind::sequence; }
    [[nodiscard]] bool is_map() const { return node->kind == Node::Kind::map; }
};

/// The keys that a map may have.
struct Vocabulary {
    std::vector<std::string> known;
    std::vector<std::string> later;  ///< of the language, not supported yet: an error wherever written
};

/// A map whose keys were checked against a vocabulary when it was opened.
class MapReader {
public:
    /// Reports what is not a map, duplicate keys, unknown keys, and keys that are not supported yet.
    /// nullopt: not a map.
    [[nodiscard]] static std::optional<MapReader> open(const Field& field, const Vocabulary& vocabulary);

    /// The value under a key of the vocabulary; nullopt: not written.
    [[nodiscard]] std::optional<Field> get(std::string_view key) const;
    [[nodiscard]] bool has(std::string_view key) const { return field_.node->find(key) != nullptr; }
    /// Reports missing_key for a key that must be written.
    void missing(const std::string& key, const std::string& expected) const;
    [[nodiscard]] bool is_empty() const { return field_.node->entries.empty(); }
    [[nodiscard]] const Field& field() const { return field_; }

private:
    explicit MapReader(const Field& field) : field_(field) {}
    [[nodiscard]] std::string path_of(std::string_view key) const;
    void check_key(const Entry& entry, const Vocabulary& vocabulary) const;

    Field field_;
};

/// Reports a map's duplicate keys; MapReader does it by itself.
void report_duplicates(const Field& map);

/// Any scalar, as written; an empty one is an error.
[[nodiscard]] std::optional<std::string> read_text(const Field& field);
/// `true` or `false`, without quotes: YAML 1.2's only booleans here.
[[nodiscard]] std::optional<bool> read_bool(const Field& field);

template <class T>
struct Range {
    T from;
    T to;  ///< inclusive
};
[[nodiscard]] std::optional<Millis> read_duration(const Field& field, Range<Millis> range);
[[nodiscard]] std::optional<std::int64_t> read_integer(const Field& field, Range<std::int64_t> range);

/// One word of a closed list. Which one, by its place; nullopt: reported.
struct Word {
    std::string text;
    bool supported = true;
};
[[nodiscard]] std::optional<std::size_t> read_word(const Field& field, const std::vector<Word>& words);

/// For messages: one line, at most 60 bytes and then "…", cut between characters; `shown` adds quotes.
[[nodiscard]] std::string clipped(std::string_view text);
[[nodiscard]] std::string shown(std::string_view text);

/// Names of runbooks and accounts: [a-z0-9][a-z0-9-]*.
[[nodiscard]] bool is_plain_name(std::string_view text);
/// "a", "b" → "a, b".
[[nodiscard]] std::string join(const std::vector<std::string>& words);
/// The nearest of the words, or nothing.
[[nodiscard]] std::string nearest_of(std::string_view word, const std::vector<std::string>& words);

}  // namespace runbookd::config
