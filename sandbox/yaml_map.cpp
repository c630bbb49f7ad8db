#include "sandbox/yaml_map.hpp"

#include <algorithm>
#include <charconv>

#include "base/spelling.hpp"
#include "sandbox/draws.hpp"

namespace runbookd::sandbox {
namespace {

std::optional<Millis> parse_span(const std::string& text) {
    const auto span = parse_duration(text);
    if (!span) return std::nullopt;
    return *span;
}

std::optional<SpanRange> parse_range(std::string text) {
    constexpr std::string_view kLogNormal = " log-normal";
    const bool is_log_normal = text.ends_with(kLogNormal);
    if (is_log_normal) text.resize(text.size() - kLogNormal.size());
    const auto dots = text.find("..");
    const auto least = parse_span(text.substr(0, dots));
    const auto most = dots == std::string::npos ? least : parse_span(text.substr(dots + 2));
    if (!least || !most || *least > *most) return std::nullopt;
    return SpanRange{*least, *most, is_log_normal};
}

}  // namespace

void Problems::add(int line, const std::string& what) {
    lines_.push_back(file_ + ':' + std::to_string(line + 1) + ": " + what);
}

std::string Problems::text() const {
    std::string all;
    for (const auto& line : lines_) {
        if (!all.empty()) all += '\n';
        all += line;
    }
    return all;
}

YamlMap::YamlMap(const YAML::Node& node, std::string path, Problems& problems)
    : node_(node), path_(std::move(path)), problems_(problems) {
    if (!node_.IsMap()) {
        problems_.add(node_, (path_.empty() ? "the file" : path_) + ": expected a map of keys and values");
        node_.reset(YAML::Node(YAML::NodeType::Map));
        return;
    }
    std::vector<std::string> seen;
    for (const auto& pair : node_) {
        const auto key = pair.first.IsScalar() ? pair.first.Scalar() : std::string{};
        if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
            problems_.add(pair.first, path_of(key) + ": this key is given twice");
        }
        seen.push_back(key);
    }
}

std::string YamlMap::path_of(const std::string& key) const { return path_.empty() ? key : path_ + '.' + key; }

YAML::Node YamlMap::get(const std::string& key) {
    known_.push_back(key);
    // The const overload of [] does not create what it does not find.
    const YAML::Node& node = node_;
    const auto found = node[key];
    if (!found.IsDefined() || found.IsNull()) return YAML::Node(YAML::NodeType::Undefined);
    return found;
}

void YamlMap::problem(const std::string& key, const std::string& what) {
    const YAML::Node& node = node_;
    const auto found = node[key];
    problems_.add(found.IsDefined() ? found : node_, path_of(key) + ": " + what);
}

std::optional<std::string> YamlMap::scalar(const std::string& key, const std::string& expected) {
    const auto found = get(key);
    if (!found.IsDefined()) return std::nullopt;
    if (!found.IsScalar()) {
        problem(key, "expected " + expected);
        return std::nullopt;
    }
    return found.Scalar();
}

std::string YamlMap::text(const std::string& key, std::string otherwise) {
    return scalar(key, "a text").value_or(std::move(otherwise));
}

std::string YamlMap::required_text(const std::string& key) {
    const auto found = get(key);
    if (found.IsDefined() && found.IsScalar() && !found.Scalar().empty()) return found.Scalar();
    problem(key, "expected a text, and it must be given");
    return {};
}

bool YamlMap::flag(const std::string& key, bool otherwise) {
    const auto word = scalar(key, "true or false");
    if (!word) return otherwise;
    const auto found = get(key);
    if (is_plain(found) && (*word == "true" || *word == "false")) return *word == "true";
    problem(key, "expected true or false, not `" + *word + "`");
    return otherwise;
}

int YamlMap::number(const std::string& key, int least, int most, int otherwise) {
    const auto expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const auto word = scalar(key, expected);
    if (!word) return otherwise;
    int value = 0;
    const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
    const bool whole = error == std::errc{} && end == word->data() + word->size();
    if (whole && value >= least && value <= most) return value;
    problem(key, "expected " + expected + ", not `" + *word + "`");
    return otherwise;
}

Millis YamlMap::span(const std::string& key, Millis otherwise) {
    return optional_span(key).value_or(otherwise);
}

std::optional<Millis> YamlMap::optional_span(const std::string& key) {
    const auto word = scalar(key, "a span such as 90s or 2h");
    if (!word) return std::nullopt;
    const auto parsed = parse_span(*word);
    if (!parsed) problem(key, "expected a span such as 90s or 2h, not `" + *word + "`");
    return parsed;
}

SpanRange YamlMap::range(const std::string& key, SpanRange otherwise) {
    const auto word = scalar(key, "a range of spans such as 1s..5s");
    if (!word) return otherwise;
    const auto parsed = parse_range(*word);
    if (!parsed)
        problem(key, "expected a range of spans such as 1s..5s, the lesser first, not `" + *word + "`");
    return parsed.value_or(otherwise);
}

double YamlMap::share(const std::string& key, double otherwise) {
    const auto word = scalar(key, "a share such as 98%");
    if (!word) return otherwise;
    const auto parsed = parse_share(*word);
    if (!parsed) problem(key, "expected a share from 0% to 100%, such as 98%, not `" + *word + "`");
    return parsed.value_or(otherwise);
}

std::optional<std::size_t> YamlMap::index_of_word(const std::string& key,
                                                  const std::vector<std::string>& words) {
    std::string expected;
    for (std::size_t i = 0; i < words.size(); ++i)
        expected += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    const auto word = scalar(key, expected);
    if (!word) return std::nullopt;
    const auto found = std::find(words.begin(), words.end(), *word);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    problem(key, "expected " + expected + ", not `" + *word + "`");
    return std::nullopt;
}

std::vector<std::string> YamlMap::keys() const {
    std::vector<std::string> all;
    for (const auto& pair : node_)
        if (pair.first.IsScalar()) all.push_back(pair.first.Scalar());
    return all;
}

std::optional<YamlMap> YamlMap::inner(const std::string& key) {
    const auto found = get(key);
    if (!found.IsDefined()) return std::nullopt;
    return YamlMap(found, path_of(key), problems_);
}

std::vector<YAML::Node> YamlMap::list(const std::string& key) {
    const auto found = get(key);
    if (!found.IsDefined()) return {};
    if (!found.IsSequence()) {
        problem(key, "expected a list");
        return {};
    }
    return {found.begin(), found.end()};
}

void YamlMap::finish() {
    std::sort(known_.begin(), known_.end());
    known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
    for (const auto& pair : node_) {
        const auto key = pair.first.IsScalar() ? pair.first.Scalar() : std::string("?");
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        const auto close = nearest(key, known_, 1);
        problems_.add(pair.first,
                      path_of(key) + ": unknown key" +
                          (close.empty() ? std::string{} : "; did you mean `" + close.front() + "`?"));
    }
}

bool is_plain(const YAML::Node& node) { return node.Tag() == "?"; }

}  // namespace runbookd::sandbox
