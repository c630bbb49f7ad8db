#include "audit/line_hasher.hpp"

namespace runbookd::audit {
namespace {

bool needs_escape(char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == '"' || letter == '\\';
}

/// As RFC 8785 has it: the short forms where JSON knows one, else \u00xx in lower case.
void put_escaped(std::string& out, char letter) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    switch (letter) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    const auto byte = static_cast<unsigned char>(letter);
    out += "\\u00";
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0x0FU];
}

}  // namespace

void LineHasher::put_text(std::string_view text) {
    line_ += '"';
    std::size_t plain = 0;  // from here on nothing was copied yet
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        line_ += text.substr(plain, i - plain);
        put_escaped(line_, text[i]);
        plain = i + 1;
    }
    line_ += text.substr(plain);
    line_ += '"';
}

Sha256 LineHasher::hash_of(const Sha256& previous, const StoredEvent& event) {
    line_.assign(previous.begin(), previous.end());
    line_ += R"({"actor":)";
    if (event.actor) {
        put_text(*event.actor);
    } else {
        line_ += "null";
    }
    line_ += R"(,"at":)";
    line_ += std::to_string(event.at);
    line_ += R"(,"data":)";
    line_ += event.data;
    line_ += R"(,"kind":)";
    put_text(event.kind);
    line_ += R"(,"seq":)";
    line_ += std::to_string(event.seq);
    line_ += R"(,"subject":)";
    put_text(event.subject);
    line_ += R"(,"subject_uid":)";
    put_text(event.subject_uid);
    line_ += '}';
    digest_.add(line_);
    return digest_.finish();
}

}  // namespace runbookd::audit
