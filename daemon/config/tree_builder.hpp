#pragma once
// Builds the tree of nodes from the YAML library's events. The limits are checked at each event, before the
// library goes deeper or an alias is followed.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <map>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/node.hpp"
#include "config/source_text.hpp"

namespace runbookd::config {

/// Leaves the parser: the document cannot be used.
class Refused : public std::runtime_error {
public:
    Refused(Mark where, std::string code_word, const std::string& message, std::string expected_text = {})
        : std::runtime_error(message),
          mark(where),
          code(std::move(code_word)),
          expected(std::move(expected_text)) {}
    Mark mark;
    std::string code;
    std::string expected;
};

class TreeBuilder final : public YAML::EventHandler {
public:
    explicit TreeBuilder(const SourceText& source) : source_(source) {}

    /// The finished document; null before its end.
    [[nodiscard]] NodePtr root() const { return root_; }

    void OnDocumentStart(const YAML::Mark& mark) override;
    void OnDocumentEnd() override;
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override;
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override;

private:
    /// A sequence or map that is not closed yet.
    struct Open {
        std::shared_ptr<Node> node;
        YAML::anchor_t anchor = 0;
        NodePtr key;  ///< of a map: read, its value is still to come
        Mark key_mark;
        std::unordered_map<std::string, Mark> keys;  ///< of a map: those that it has
        std::vector<NodePtr> merges;                 ///< values of `<<`
    };

    [[nodiscard]] Mark mark_of(const YAML::Mark& mark) const { return source_.mark(mark.line, mark.column); }
    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
    void close();
    void add(NodePtr node, Mark at);
    static void add_to_map(Open& map, NodePtr node, Mark at);
    static void merge(Open& map, const Node& value);
    static void merge_map(Open& map, const Node& source);
    static void check_depth(std::size_t levels, Mark at);
    void count(std::size_t nodes, std::size_t bytes, Mark at);

    const SourceText& source_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, NodePtr> anchors_;
    NodePtr root_;
    std::size_t nodes_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace runbookd::config
