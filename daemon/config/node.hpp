#pragma once
// A YAML document as a tree that remembers where each part was written. Aliases and merges are already
// applied.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::config {

/// Which of the two files that make up a runbook.
enum class Origin : std::uint8_t {
    document,  ///< the one that is read
    settings,  ///< the settings, whose `defaults` and `profiles` a runbook takes
};

/// A place in a file: line and column from 1, the column in characters. Line 0: not known.
struct Mark {
    int line = 0;
    int column = 0;
    Origin origin = Origin::document;
};

struct Node;
/// Shared, because an alias is a second place that holds the same part.
using NodePtr = std::shared_ptr<const Node>;

struct Entry {
    std::string key;
    Mark key_mark;
    NodePtr value;
};

/// A key that a map has already. The first one counts; the reader of the map reports it.
struct Duplicate {
    std::string key;
    Mark mark;
    Mark first;
};

struct Node {
    enum class Kind { null, scalar, sequence, map };

    Kind kind = Kind::null;
    Mark mark;
    std::string text;    ///< a scalar's text; for a plain one exactly as typed
    bool plain = false;  ///< a scalar without quotes or a `!!str`: only such a one can be a boolean
    /// Where the scalar's text itself begins (after a quote, anchor or tag), if the file spells it letter by
    /// letter.
    Mark text_mark;
    std::vector<NodePtr> items;
    std::vector<Entry> entries;
    std::vector<Duplicate> duplicates;
    std::size_t nodes = 1;   ///< with everything below, aliases counted each time
    std::size_t bytes = 0;   ///< of all texts below, likewise
    std::size_t height = 0;  ///< levels of lists and maps, this one included, aliases written out

    /// A map's entry of that key; null: it has none.
    [[nodiscard]] const Entry* find(std::string_view key) const;
};

}  // namespace runbookd::config
