#include "templates/fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/spelling.hpp"

namespace runbookd::templates {
namespace {

constexpr std::string_view kAlways = "always";
constexpr std::string_view kUdf = "device.udf.";
// Source: the API's Device schema, udf1 to udf300.
constexpr int kMostUdfs = 300;

constexpr std::array<FieldSpec, 27> kFields{{
    {FieldId::device_uid, "device.uid", FieldType::text, kAlways},
    {FieldId::device_hostname, "device.hostname", FieldType::text, kAlways},
    {FieldId::device_os, "device.os", FieldType::text, "once the device was audited"},
    {FieldId::device_type, "device.device_type", FieldType::text, "once the device was audited"},
    {FieldId::device_class, "device.class", FieldType::text, kAlways},
    {FieldId::device_domain, "device.domain", FieldType::text,
     "where the device is in a domain or workgroup"},
    {FieldId::device_online, "device.online", FieldType::text, "always: true or false"},
    {FieldId::device_last_seen, "device.last_seen", FieldType::time, "once the device was seen"},
    {FieldId::device_udf, "device.udf.N", FieldType::text, "where user-defined field N is filled in"},
    {FieldId::site_uid, "site.uid", FieldType::text, kAlways},
    {FieldId::site_name, "site.name", FieldType::text, kAlways},
    {FieldId::customer_name, "customer.name", FieldType::text, "where the device's site is a customer's"},
    {FieldId::customer_timezone, "customer.timezone", FieldType::text,
     "where the device's site is a customer's"},
    {FieldId::run_uid, "run.uid", FieldType::text, kAlways},
    {FieldId::run_runbook, "run.runbook", FieldType::text, kAlways},
    {FieldId::run_trigger, "run.trigger", FieldType::text, "always: schedule, manual …"},
    {FieldId::run_actor, "run.actor", FieldType::text, "in a run that a person started"},
    {FieldId::run_note, "run.note", FieldType::text, "in a run started with a note"},
    {FieldId::run_started_at, "run.started_at", FieldType::time, kAlways},
    {FieldId::run_window_end, "run.window_end", FieldType::time, kAlways},
    {FieldId::occurrence_nominal_at, "occurrence.nominal_at", FieldType::time, "in a scheduled run"},
    {FieldId::occurrence_zone, "occurrence.zone", FieldType::text, "in a scheduled run"},
    {FieldId::alert_uid, "alert.uid", FieldType::text, "in a run that an alert started"},
    {FieldId::alert_priority, "alert.priority", FieldType::text, "in a run that an alert started"},
    {FieldId::alert_class, "alert.class", FieldType::text, "where the alert names its kind"},
    {FieldId::alert_diagnostics, "alert.diagnostics", FieldType::text, "where the alert says something"},
    {FieldId::alert_raised_at, "alert.raised_at", FieldType::time, "in a run that an alert started"},
}};

std::optional<int> udf_number(std::string_view digits) {
    int number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool is_plain = read.ec == std::errc{} && read.ptr == digits.data() + digits.size() &&
                          !digits.starts_with('0') && !digits.starts_with('-');
    if (!is_plain || number > kMostUdfs) return std::nullopt;
    return number;
}

}  // namespace

std::span<const FieldSpec> all_fields() { return kFields; }

const FieldSpec& spec_of(FieldId id) {
    return *std::find_if(kFields.begin(), kFields.end(),
                         [&](const FieldSpec& spec) { return spec.id == id; });
}

std::string Field::name() const {
    if (id == FieldId::device_udf) return std::string(kUdf) + std::to_string(number);
    return std::string(spec_of(id).name);
}

std::optional<Field> find_field(std::string_view name) {
    if (name.starts_with(kUdf)) {
        const auto number = udf_number(name.substr(kUdf.size()));
        if (!number) return std::nullopt;
        return Field{FieldId::device_udf, *number};
    }
    for (const auto& spec : kFields)
        if (spec.name == name) return Field{spec.id, 0};
    return std::nullopt;
}

std::vector<std::string> fields_near(std::string_view name) {
    std::vector<std::string> names;
    for (const auto& spec : kFields) names.emplace_back(spec.name);
    return nearest(name, names);
}

}  // namespace runbookd::templates
