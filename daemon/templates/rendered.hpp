#pragma once
// A variable's value as it is to be sent, but for the secrets: those are only named. Their values are put in
// at the edge, in the very step that sends the request, so that nothing before it can write them down.
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::templates {

/// How a secret shows wherever its value would have stood: "[secret:NAME]".
[[nodiscard]] std::string secret_mark(std::string_view name);

class Rendered {
public:
    struct Piece {
        std::string text;  ///< what is sent, or the secret's name
        bool is_secret = false;
        friend bool operator==(const Piece&, const Piece&) = default;
    };

    Rendered() = default;
    /// Sent as it stands, whatever it holds.
    explicit Rendered(std::string text) { add_text(std::move(text)); }

    void add_text(std::string text);
    void add_secret(std::string name) { pieces_.push_back({std::move(name), true}); }

    [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
    [[nodiscard]] bool has_secret() const;
    /// For records, logs and people.
    [[nodiscard]] std::string masked() const;
    friend bool operator==(const Rendered&, const Rendered&) = default;

private:
    std::vector<Piece> pieces_;
};

}  // namespace runbookd::templates
