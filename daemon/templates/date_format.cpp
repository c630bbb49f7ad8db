#include "templates/date_format.hpp"

#include <array>
#include <chrono>

namespace runbookd::templates {
namespace {

namespace chr = std::chrono;

constexpr std::string_view kLetters = "YymdjHMSFTGVuabz%";

std::string padded(std::int64_t number, std::size_t width) {
    auto digits = std::to_string(number < 0 ? -number : number);
    if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
    return (number < 0 ? "-" : "") + digits;
}

/// One instant as a local clock and calendar show it.
class Local {
public:
    Local(UtcTime at, chr::seconds offset)
        : offset_(offset),
          seconds_(chr::floor<chr::seconds>(at.time_since_epoch()) + offset),
          day_(chr::floor<chr::days>(seconds_)),
          date_(day_),
          time_(seconds_ - chr::sys_seconds(day_)) {}

    [[nodiscard]] std::string part(char letter) const {
        switch (letter) {
            case 'Y': return padded(year(), 4);
            case 'y': return padded((year() % 100 + 100) % 100, 2);
            case 'm': return padded(unsigned{date_.month()}, 2);
            case 'd': return padded(unsigned{date_.day()}, 2);
            case 'j': return padded(day_of_year(), 3);
            case 'H': return padded(time_.hours().count(), 2);
            case 'M': return padded(time_.minutes().count(), 2);
            case 'S': return padded(time_.seconds().count(), 2);
            case 'F': return part('Y') + "-" + part('m') + "-" + part('d');
            case 'T': return part('H') + ":" + part('M') + ":" + part('S');
            case 'G': return padded(int{chr::year_month_day(week_thursday()).year()}, 4);
            case 'V': return padded(iso_week(), 2);
            case 'u': return padded(weekday(), 1);
            case 'a': return name(kDays, weekday() - 1);
            case 'b': return name(kMonths, unsigned{date_.month()} - 1);
            case 'z': return zone_offset();
            default: return "%";
        }
    }

private:
    static constexpr std::string_view kDays = "MonTueWedThuFriSatSun";
    static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

    static std::string name(std::string_view names, unsigned index) {
        return std::string(names.substr(std::size_t{3} * index, 3));
    }
    [[nodiscard]] int year() const { return int{date_.year()}; }
    [[nodiscard]] unsigned weekday() const { return chr::weekday(day_).iso_encoding(); }
    [[nodiscard]] int day_of_year() const { return days_since_new_year(day_, date_.year()) + 1; }
    /// The week's Thursday says which year the week belongs to (ISO 8601).
    [[nodiscard]] chr::sys_days week_thursday() const {
        return day_ + chr::days(4 - static_cast<int>(weekday()));
    }
    [[nodiscard]] int iso_week() const {
        const auto thursday = week_thursday();
        return days_since_new_year(thursday, chr::year_month_day(thursday).year()) / 7 + 1;
    }
    static int days_since_new_year(chr::sys_days day, chr::year year) {
        return static_cast<int>((day - chr::sys_days(year / chr::January / 1)).count());
    }
    [[nodiscard]] std::string zone_offset() const {
        const auto minutes = chr::duration_cast<chr::minutes>(chr::abs(offset_)).count();
        return (offset_ < chr::seconds{0} ? "-" : "+") + padded(minutes / 60, 2) + padded(minutes % 60, 2);
    }

    chr::seconds offset_;
    chr::sys_seconds seconds_;
    chr::sys_days day_;
    chr::year_month_day date_;
    chr::hh_mm_ss<chr::seconds> time_;
};

}  // namespace

std::optional<std::size_t> find_bad_conversion(std::string_view format) {
    for (std::size_t at = 0; at < format.size(); ++at) {
        if (format[at] != '%') continue;
        if (at + 1 == format.size() || kLetters.find(format[at + 1]) == std::string_view::npos) return at;
        ++at;
    }
    return std::nullopt;
}

std::string format_date(std::string_view format, UtcTime at, const cron::Zone& zone) {
    const Local local(at, zone.at(at).offset);
    std::string text;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] == '%' && i + 1 < format.size())
            text += local.part(format[++i]);
        else
            text += format[i];
    }
    return text;
}

}  // namespace runbookd::templates
