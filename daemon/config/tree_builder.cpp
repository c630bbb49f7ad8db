#include "config/tree_builder.hpp"

#include <algorithm>

#include "config/document.hpp"

namespace runbookd::config {
namespace {

constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";
/// The library's tags for scalars without and with quotes.
constexpr std::string_view kPlainTag = "?";
constexpr std::string_view kQuotedTag = "!";

/// Core tags other than `!!str` change nothing: variables are sent as written, and readers check what they
/// need.
void check_tag(const std::string& tag, Mark mark) {
    const bool known = tag.empty() || tag == kPlainTag || tag == kQuotedTag || tag.starts_with(kCoreTags);
    if (!known)
        throw Refused(mark, "bad_value", "the tag '" + tag + "' means nothing here", "a value without a tag");
}

}  // namespace

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
    if (root_)
        throw Refused(mark_of(mark), "yaml_syntax", "a second document begins here", "one document per file");
}

void TreeBuilder::OnDocumentEnd() {}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
    auto node = std::make_shared<Node>();
    node->mark = mark_of(mark);
    count(1, node->bytes, node->mark);
    if (anchor != 0) anchors_[anchor] = node;
    add(node, node->mark);
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
        throw Refused(mark_of(mark), "yaml_syntax", "this alias stands inside what it names",
                      "an anchor that is complete");
    }
    // Aliases of aliases could nest deeper than any text.
    check_depth(open_.size() + found->second->height, mark_of(mark));
    count(found->second->nodes, found->second->bytes, mark_of(mark));
    add(found->second, mark_of(mark));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::scalar;
    node->mark = mark_of(mark);
    check_tag(tag, node->mark);
    node->text = value;
    node->plain = tag == kPlainTag;
    node->text_mark = source_.literal_start(mark.line, mark.column, value);
    node->bytes = value.size();
    count(1, node->bytes, node->mark);
    if (anchor != 0) anchors_[anchor] = node;
    add(node, node->mark);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value /*style*/) {
    open(Node::Kind::sequence, mark, tag, anchor);
}

void TreeBuilder::OnSequenceEnd() { close(); }

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value /*style*/) {
    open(Node::Kind::map, mark, tag, anchor);
}

void TreeBuilder::OnMapEnd() { close(); }

void TreeBuilder::open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor) {
    const auto at = mark_of(mark);
    check_tag(tag, at);
    check_depth(open_.size() + 1, at);
    count(1, 0, at);
    Open opened;
    opened.node = std::make_shared<Node>();
    opened.node->kind = kind;
    opened.node->mark = at;
    opened.node->height = 1;
    opened.anchor = anchor;
    open_.push_back(std::move(opened));
}

void TreeBuilder::close() {
    auto closed = std::move(open_.back());
    open_.pop_back();
    for (const auto& source : closed.merges) merge(closed, *source);
    if (closed.anchor != 0) anchors_[closed.anchor] = closed.node;
    const auto mark = closed.node->mark;
    add(std::move(closed.node), mark);
}

void TreeBuilder::add(NodePtr node, Mark at) {
    if (open_.empty()) {
        root_ = std::move(node);
        return;
    }
    auto& parent = open_.back();
    parent.node->nodes += node->nodes;
    parent.node->bytes += node->bytes;
    parent.node->height = std::max(parent.node->height, node->height + 1);
    if (parent.node->kind == Node::Kind::map) {
        add_to_map(parent, std::move(node), at);
    } else {
        parent.node->items.push_back(std::move(node));
    }
}

void TreeBuilder::add_to_map(Open& map, NodePtr node, Mark at) {
    if (!map.key) {
        if (node->kind != Node::Kind::scalar)
            throw Refused(
                at, "wrong_type", "this key is not a text",
                "a word as key; a text that begins with {{ needs quotes: \"{{ device.hostname }}\"");
        map.key = std::move(node);
        map.key_mark = at;
        return;
    }
    const auto key = std::exchange(map.key, nullptr);
    if (key->plain && key->text == "<<") {
        const auto [first, is_first] = map.keys.emplace(key->text, map.key_mark);
        if (!is_first) map.node->duplicates.push_back({key->text, map.key_mark, first->second});
        map.merges.push_back(std::move(node));
        return;
    }
    // The library finds "nothing" where the next line begins; people look for it beside its key.
    if (node->kind == Node::Kind::null && node->mark.line != map.key_mark.line) {
        auto beside_key = std::make_shared<Node>(*node);
        beside_key->mark = map.key_mark;
        node = std::move(beside_key);
    }
    const auto [same, is_new] = map.keys.emplace(key->text, map.key_mark);
    if (is_new) {
        map.node->entries.push_back({key->text, map.key_mark, std::move(node)});
    } else {
        map.node->duplicates.push_back({key->text, map.key_mark, same->second});
    }
}

void TreeBuilder::merge(Open& map, const Node& value) {
    if (value.kind == Node::Kind::map) return merge_map(map, value);
    const bool maps_only = value.kind == Node::Kind::sequence &&
                           std::all_of(value.items.begin(), value.items.end(),
                                       [](const NodePtr& item) { return item->kind == Node::Kind::map; });
    if (!maps_only)
        throw Refused(value.mark, "wrong_type", "'<<' does not name a map", "a map, or a list of maps");
    for (const auto& item : value.items) merge_map(map, *item);
}

// Adds what the map does not have itself; of several sources the earlier wins. Source: the YAML merge key
// type.
void TreeBuilder::merge_map(Open& map, const Node& source) {
    for (const auto& entry : source.entries) {
        if (map.keys.emplace(entry.key, entry.key_mark).second) map.node->entries.push_back(entry);
    }
    map.node->duplicates.insert(map.node->duplicates.end(), source.duplicates.begin(),
                                source.duplicates.end());
}

void TreeBuilder::check_depth(std::size_t levels, Mark at) {
    if (levels <= kMaxDepth) return;
    throw Refused(at, "too_big", "nested deeper than " + std::to_string(kMaxDepth) + " levels",
                  "a flatter document");
}

void TreeBuilder::count(std::size_t nodes, std::size_t bytes, Mark at) {
    nodes_ += nodes;
    bytes_ += bytes;
    if (nodes_ > kMaxNodes) {
        throw Refused(at, "too_big",
                      "more than " + std::to_string(kMaxNodes) + " values (each use of an alias counts)",
                      "a smaller document");
    }
    if (bytes_ > kMaxFileBytes) {
        throw Refused(at, "too_big", "more than 1 MiB of text (each use of an alias counts)",
                      "a smaller document");
    }
}

}  // namespace runbookd::config
