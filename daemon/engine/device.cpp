#include <initializer_list>
#include <string_view>

#include "engine/records.hpp"

namespace runbookd::engine {
namespace {

/// FNV-1a over texts, each with an end that no text has.
class Fingerprint {
public:
    void add(std::string_view text) {
        for (const char c : text) add(static_cast<unsigned char>(c));
        add(0x1FFU);
    }
    void add(std::uint64_t part) { value_ = (value_ ^ part) * 0x100000001B3U; }
    [[nodiscard]] std::uint64_t value() const { return value_; }

private:
    std::uint64_t value_ = 0xCBF29CE484222325U;
};

}  // namespace

std::uint64_t fingerprint_of(const Device& device) {
    Fingerprint print;
    for (const std::string_view text :
         {std::string_view(device.hostname), std::string_view(device.site_uid.str()),
          std::string_view(device.site_name.str()), std::string_view(device.os.str()),
          std::string_view(device.device_type.str()), std::string_view(device.device_class.str())})
        print.add(text);
    print.add((device.online ? 1U : 0U) | (device.suspended ? 2U : 0U) | (device.deleted ? 4U : 0U));
    return print.value();
}

}  // namespace runbookd::engine
