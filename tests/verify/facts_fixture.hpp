#pragma once
// A runbook and a record of it that agree, for tests to spoil.
#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "verify/check.hpp"

namespace runbookd::verify_test {

/// A zone at a fixed distance from UTC.
class FixedZone final : public cron::Zone {
public:
    FixedZone(std::string name, std::chrono::seconds offset) : name_(std::move(name)), offset_(offset) {}
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] cron::ZoneInterval at(UtcTime) const override {
        return {UtcTime::min(), UtcTime::max(), offset_};
    }

private:
    std::string name_;
    std::chrono::seconds offset_;
};

inline std::shared_ptr<const cron::Zone> zone(const std::string& name = "UTC", int hours = 0) {
    return std::make_shared<FixedZone>(name, std::chrono::hours{hours});
}

/// "2026-12-01T02:00:00Z" and the like; "02:00" is that time on 1 December 2026.
inline UtcTime at(const std::string& text) {
    const auto read = parse_utc(text.size() == 5 ? "2026-12-01T" + text + ":00Z" : text);
    REQUIRE(read);
    return *read;
}

inline schedule::Entry entry(const std::string& cron, std::shared_ptr<const cron::Zone> where = zone()) {
    const auto parsed = cron::Expression::parse(cron);
    REQUIRE(parsed);
    return {.rule = *parsed, .zone = std::move(where)};
}

inline runbook::Runbook book(const std::vector<schedule::Entry>& entries) {
    runbook::Runbook made;
    made.name = "clean";
    made.schedule = schedule::Timeline(entries);
    made.window = std::chrono::minutes{10};
    made.timeout = std::chrono::minutes{5};
    return made;
}

inline verify::Revision revision(runbook::Runbook made, std::int64_t number = 1,
                                 const std::string& from = "00:00") {
    return {number, at(from), {}, std::make_shared<const runbook::Runbook>(std::move(made)), ""};
}

inline verify::Occurrence verdict(const std::string& from, const std::string& until, std::int64_t count,
                                  engine::Verdict which, const std::string& reason = "") {
    verify::Occurrence row;
    row.zone = "UTC";
    row.nominal = at(from);
    row.until = at(until);
    row.count = count;
    row.verdict = which;
    row.reason = reason;
    return row;
}
inline verify::Occurrence missed(const std::string& from, const std::string& until, std::int64_t count) {
    return verdict(from, until, count, engine::Verdict::missed, "daemon_down");
}
/// With a run that began `late` after its instant.
inline verify::Occurrence ran(const std::string& when, engine::Verdict which = engine::Verdict::on_time,
                              Millis late = std::chrono::seconds{5}) {
    auto row = verdict(when, when, 1, which);
    row.run = verify::RunFacts{"01RUN", row.nominal, row.nominal, row.nominal + late};
    return row;
}

struct Case {
    std::vector<verify::Revision> revisions;
    verify::Slice slice{at("00:00"), at("06:00"), {}, {}, {}, {}};
    verify::Present present{at("12:00"), at("00:00")};

    [[nodiscard]] verify::Report report() const {
        verify::Report found;
        verify::check_texts("clean", revisions, slice.from, slice.until, found);
        verify::check("clean", revisions, slice, present, found);
        return found;
    }
    /// "no_verdict 02:00-04:00 (3)", one for each finding.
    [[nodiscard]] std::vector<std::string> found() const {
        std::vector<std::string> lines;
        for (const auto& finding : report().findings) {
            const auto time = [](UtcTime t) { return format_utc(t).substr(11, 5); };
            lines.push_back(std::string(verify::to_text(finding.kind)) + " " + time(finding.nominal) + "-" +
                            time(finding.until) + " (" + std::to_string(finding.count) + ")");
        }
        return lines;
    }
};

using Lines = std::vector<std::string>;

/// Hourly, all of it missed from 01:00 to 03:00, then three runs in time.
inline Case hourly() {
    Case made;
    made.revisions = {revision(book({entry("0 * * * *")}))};
    made.slice.occurrences = {missed("01:00", "03:00", 3), ran("04:00"), ran("05:00"), ran("06:00")};
    made.slice.judged_until = at("06:00");
    return made;
}

}  // namespace runbookd::verify_test
