#pragma once
// What the events of one row say its columns must hold.
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::audit {

/// What one kind of event says.
struct KindRule {
    std::string_view kind;
    std::vector<std::string_view> says;      ///< fields of its data; one that is absent says "empty"
    std::vector<std::string_view> may_say;   ///< as above, but one that is absent says nothing
    std::vector<std::string_view> happened;  ///< columns that hold the event's own time
    bool names_actor = false;                ///< the column `actor` is the event's
};

/// One event of a row.
struct SaidEvent {
    std::int64_t seq = 0;
    std::string_view kind;
    std::int64_t at = 0;  ///< Unix milliseconds
    std::string_view actor;
    std::string_view data;  ///< JSON text
};

class Claims {
public:
    /// `rules` outlive this.
    explicit Claims(std::span<const KindRule> rules) : rules_(rules) {}

    /// In the order of the events: a later one has the last word.
    void hear(const SaidEvent& event);
    /// What `column` must hold, as text; empty where no event has said anything.
    [[nodiscard]] std::string_view value_of(std::string_view column) const;
    /// The event that said so; 0: none.
    [[nodiscard]] std::int64_t seq_of(std::string_view column) const;
    void clear() { claims_.clear(); }

private:
    struct Claim {
        std::string value;
        std::int64_t seq = 0;
    };
    std::span<const KindRule> rules_;
    std::map<std::string_view, Claim> claims_;  // by the rules' own names of columns
};

}  // namespace runbookd::audit
