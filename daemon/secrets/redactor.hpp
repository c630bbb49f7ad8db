#pragma once
// Finds secret values in texts and puts their marks in their place.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::secrets {

/// A shorter value is found in too many texts that do not mean it: it is not looked for.
inline constexpr std::size_t kShortestSecret = 8;  // bytes

class Redactor {
public:
    /// `value` is looked for as it is, and as JSON would spell it. Shorter ones than kShortestSecret, and
    /// those that are known, are passed over. Of one value under two names, the first name counts.
    void add(const std::string& name, const std::string& value);

    /// Every place of every value, replaced by "[secret:NAME]". Values that overlap leave nothing behind:
    /// each shows its mark. One inside a longer one shows only the longer one's.
    [[nodiscard]] std::string redact(std::string text) const;
    /// The name of the first secret whose value the text holds; nullopt: it holds none.
    [[nodiscard]] std::optional<std::string> find_in(std::string_view text) const;
    [[nodiscard]] bool empty() const { return needles_.empty(); }

private:
    struct Needle {
        std::string value;
        std::string name;
    };
    struct Found {
        std::size_t begin = 0, end = 0;
        const Needle* needle = nullptr;
    };
    [[nodiscard]] std::vector<Found> find_all(std::string_view text) const;
    void add_needle(const std::string& name, std::string value);

    std::vector<Needle> needles_;
};

}  // namespace runbookd::secrets
