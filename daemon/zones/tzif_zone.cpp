#include "zones/tzif_zone.hpp"

#include <span>

#include "base/sha256.hpp"
#include "zones/offset_table.hpp"
#include "zones/tzif.hpp"

namespace runbookd::zones {
namespace {

class TzifZone final : public cron::Zone {
public:
    TzifZone(std::string name, std::string digest, const TzifRules& rules)
        : name_(std::move(name)), digest_(std::move(digest)), offsets_(rules) {}

    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] const std::string& digest() const override { return digest_; }
    [[nodiscard]] cron::ZoneInterval at(UtcTime at) const override { return offsets_.at(at); }

private:
    std::string name_;
    std::string digest_;
    OffsetTable offsets_;
};

}  // namespace

Result<std::shared_ptr<const cron::Zone>> from_tzif(std::string name, std::string_view tzif) {
    const auto rules = read_tzif(std::as_bytes(std::span(tzif)));
    if (!rules) {
        return fail(ErrorCode::invalid_input,
                    "the time zone data for '" + name + "' is damaged: " + rules.error().message);
    }
    return std::make_shared<TzifZone>(std::move(name), sha256_hex(tzif), *rules);
}

}  // namespace runbookd::zones
