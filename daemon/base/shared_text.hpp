#pragma once
// A text that many things have in common (a site's name, an operating system), kept once and shared by all
// of them: 16 bytes a place. What refers to it keeps it; copies are cheap and never change.
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace runbookd {

class SharedText {
public:
    SharedText() = default;
    SharedText(std::string text)  // NOLINT(google-explicit-constructor): it is a text like any other
        : text_(text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text))) {}
    SharedText(const char* text) : SharedText(std::string(text)) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] const std::string& str() const {
        static const std::string kEmpty;
        return text_ ? *text_ : kEmpty;
    }
    [[nodiscard]] bool empty() const { return text_ == nullptr; }
    /// The place of the text: equal for copies of one, and never of another text while a copy lives.
    [[nodiscard]] const void* place() const { return text_.get(); }
    /// Whether nobody else refers to the text.
    [[nodiscard]] bool is_alone() const { return text_.use_count() == 1; }

    friend bool operator==(const SharedText& a, const SharedText& b) {
        return a.text_ == b.text_ || a.str() == b.str();
    }
    friend std::ostream& operator<<(std::ostream& out, const SharedText& text) { return out << text.str(); }

private:
    std::shared_ptr<const std::string> text_;
};

/// Finds the one copy of each text.
class TextPool {
public:
    /// Lets `text` refer to the copy that the pool has, which is this one if it is the first.
    void share(SharedText& text) {
        if (!text.empty()) text = *texts_.insert(text).first;
    }
    /// Forgets the texts that only the pool still refers to.
    void sweep() {
        std::erase_if(texts_, [](const SharedText& text) { return text.is_alone(); });
    }
    [[nodiscard]] std::size_t size() const { return texts_.size(); }

private:
    struct Hash {
        std::size_t operator()(const SharedText& text) const {
            return std::hash<std::string_view>{}(text.str());
        }
    };
    std::unordered_set<SharedText, Hash> texts_;
};

}  // namespace runbookd
