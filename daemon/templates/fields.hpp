#pragma once
// The fields that a template may name: a fixed list, each with its type and when it is known. The table of
// docs/runbooks.md is held equal to it by a test.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runbookd::templates {

enum class FieldId : std::uint8_t {
    device_uid,
    device_hostname,
    device_os,
    device_type,
    device_class,
    device_domain,
    device_online,
    device_last_seen,
    device_udf,
    site_uid,
    site_name,
    customer_name,
    customer_timezone,
    run_uid,
    run_runbook,
    run_trigger,
    run_actor,
    run_note,
    run_started_at,
    run_window_end,
    occurrence_nominal_at,
    occurrence_zone,
    alert_uid,
    alert_priority,
    alert_class,
    alert_diagnostics,
    alert_raised_at,
};

enum class FieldType : std::uint8_t { text, time };

struct FieldSpec {
    FieldId id;
    std::string_view name;  ///< as a template writes it; `device.udf.N` stands for its numbers
    FieldType type;
    std::string_view known;  ///< when it has a value, for the docs
};

/// In the order of the docs.
[[nodiscard]] std::span<const FieldSpec> all_fields();
[[nodiscard]] const FieldSpec& spec_of(FieldId id);

/// One field, and which of the numbered ones.
struct Field {
    FieldId id = FieldId::device_uid;
    int number = 0;  ///< of device.udf.N: 1 to 300; else 0
    [[nodiscard]] std::string name() const;
    friend bool operator==(const Field&, const Field&) = default;
};

/// Exact, case and all; nullopt: there is none of that name.
[[nodiscard]] std::optional<Field> find_field(std::string_view name);
/// What might have been meant, nearest first.
[[nodiscard]] std::vector<std::string> fields_near(std::string_view name);

}  // namespace runbookd::templates
