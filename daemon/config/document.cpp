#include "config/document.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "config/source_text.hpp"
#include "config/tree_builder.hpp"

namespace runbookd::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The commonest slips: a glob or cron expression that begins with a star, and a tab as indentation.
std::string hint_for(std::string_view rest_of_line, std::string_view whole_line) {
    const auto indentation = whole_line.substr(0, whole_line.find_first_not_of(" \t"));
    if (indentation.find('\t') != std::string_view::npos) return "spaces, not tabs, as indentation";
    if (!rest_of_line.empty() &&
        std::string_view("*&!%@`|>").find(rest_of_line.front()) != std::string_view::npos) {
        return "quotes around a text that begins with *, &, !, %, @, `, | or >";
    }
    return {};
}

Diagnostic syntax_error(const YAML::Exception& error, const SourceText& source, const std::string& file) {
    Diagnostic found;
    found.file = file;
    const auto mark = source.mark(error.mark.line, error.mark.column);
    found.line = mark.line;
    found.column = mark.column;
    found.code = "yaml_syntax";
    found.message = "not valid YAML: " + error.msg;
    found.expected = hint_for(source.rest_of_line(error.mark.line, error.mark.column),
                              source.rest_of_line(error.mark.line, 0));
    return found;
}

Diagnostic refusal(const std::string& file, const Refused& refused) {
    Diagnostic found;
    found.file = file;
    found.line = refused.mark.line;
    found.column = refused.mark.column;
    found.code = refused.code;
    found.message = refused.what();
    found.expected = refused.expected;
    return found;
}

void read_events(const SourceText& source, TreeBuilder& builder) {
    std::istringstream stream{std::string(source.text())};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
}

}  // namespace

Document parse_document(std::string_view text, const std::string& file) {
    Document document;
    const auto refuse = [&](Mark where, const std::string& code, const std::string& message,
                            const std::string& expected) {
        document.diagnostics.push_back(refusal(file, Refused(where, code, message, expected)));
        return document;
    };
    if (text.size() > kMaxFileBytes) return refuse({}, "too_big", "larger than 1 MiB", "a smaller file");
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (const auto found = find_not_text(text)) return refuse(found->where, "yaml_syntax", found->why, "");

    const SourceText source(text);
    TreeBuilder builder(source);
    try {
        read_events(source, builder);
    } catch (const Refused& refused) {
        document.diagnostics.push_back(refusal(file, refused));
        return document;
    } catch (const YAML::Exception& error) {
        document.diagnostics.push_back(syntax_error(error, source, file));
        return document;
    }
    document.root = builder.root();
    if (!document.root) return refuse({}, "yaml_syntax", "the file is empty", "a YAML map");
    return document;
}

}  // namespace runbookd::config
