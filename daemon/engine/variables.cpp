#include "engine/variables.hpp"

#include <algorithm>
#include <utility>

namespace runbookd::engine {
namespace {

using templates::Field;
using templates::FieldId;
using templates::FieldValue;
using templates::Rendered;

FieldValue time_or_null(const std::optional<UtcTime>& at) { return at ? FieldValue(*at) : FieldValue(); }

/// What is known of a target, as the fields of a template.
class Facts {
public:
    Facts(const Run& run, const RenderedFor& of)
        : run_(run), target_(of.target), device_(of.device), customer_(of.customer) {}

    [[nodiscard]] FieldValue operator()(const Field& field) const {
        switch (field.id) {
            case FieldId::device_uid: return target_.device.str();
            case FieldId::device_hostname: return device_ == nullptr ? target_.hostname : device_->hostname;
            case FieldId::site_uid:
                return device_ == nullptr ? target_.site_uid.str() : device_->site_uid.str();
            case FieldId::site_name:
                return device_ == nullptr ? target_.site_name.str() : device_->site_name.str();
            case FieldId::customer_name:
                return customer_ == nullptr ? FieldValue() : FieldValue(customer_->name.str());
            case FieldId::customer_timezone:
                return customer_ == nullptr ? FieldValue() : FieldValue(customer_->zone);
            case FieldId::run_uid: return run_.plan.run.str();
            case FieldId::run_runbook: return run_.plan.runbook;
            case FieldId::run_trigger: return std::string(to_text(run_.plan.trigger));
            case FieldId::run_actor: return run_.plan.actor;
            case FieldId::run_note: return run_.plan.note;
            case FieldId::run_started_at: return run_.started_at;
            case FieldId::run_window_end: return run_.plan.window_end;
            case FieldId::occurrence_nominal_at: return time_or_null(run_.plan.nominal);
            case FieldId::occurrence_zone: return run_.plan.zone;
            case FieldId::alert_uid:
            case FieldId::alert_priority:
            case FieldId::alert_class:
            case FieldId::alert_diagnostics:
            case FieldId::alert_raised_at: return run_.plan.scope.alert ? of_alert(field) : FieldValue();
            default: return device_ == nullptr ? FieldValue() : of_device(field);
        }
    }

private:
    [[nodiscard]] FieldValue of_alert(const Field& field) const {
        const auto& alert = *run_.plan.scope.alert;
        switch (field.id) {
            case FieldId::alert_uid: return alert.uid.str();
            case FieldId::alert_priority: return alert.priority;
            case FieldId::alert_class: return alert.context_class;
            case FieldId::alert_diagnostics: return alert.diagnostics;
            default: return time_or_null(alert.raised_at);
        }
    }
    [[nodiscard]] FieldValue of_device(const Field& field) const {
        switch (field.id) {
            case FieldId::device_os: return device_->os.str();
            case FieldId::device_type: return device_->device_type.str();
            case FieldId::device_class: return device_->device_class.str();
            case FieldId::device_domain: return device_->domain.str();
            case FieldId::device_udf: return std::string(device_->udf.value(field.number));
            case FieldId::device_online: return std::string(device_->online ? "true" : "false");
            case FieldId::device_last_seen: return time_or_null(device_->last_seen);
            default: return {};
        }
    }

    const Run& run_;
    const TargetRow& target_;
    const Device* device_;
    const Customers::Known* customer_;
};

const ComponentVariable* find(const Component* component, const std::string& name) {
    if (component == nullptr) return nullptr;
    const auto found = std::find_if(component->variables.begin(), component->variables.end(),
                                    [&](const ComponentVariable& one) { return one.name == name; });
    return found == component->variables.end() ? nullptr : &*found;
}

bool has_input(const Component& component, const std::string& name) {
    const auto* const variable = find(&component, name);
    return variable != nullptr && variable->input;
}

tl::unexpected<VariableRefusal> rejected(std::string message) {
    return tl::unexpected<VariableRefusal>({Disposition::failed, "rejected", std::move(message)});
}

/// The value as it is sent. What holds a secret is not known here, and goes as it is.
tl::expected<Rendered, VariableRefusal> as_sent(const std::string& name, Rendered value,
                                                const ComponentVariable* variable) {
    if (value.has_secret()) return value;
    const auto text = value.masked();
    if (templates::is_too_long(text))
        return rejected("variable '" + name +
                        "' has more than 16,195 characters here, and may not arrive whole");
    if (variable == nullptr) return value;
    auto converted = convert(variable->type, text);
    if (!converted)
        return rejected("variable '" + name + "' takes " + expected_of(variable->type) + ", and is '" + text +
                        "' here");
    return Rendered(std::move(*converted));
}

}  // namespace

Variables literals(const std::map<std::string, std::string>& texts) {
    Variables variables;
    for (const auto& [name, text] : texts) variables.emplace(name, templates::Template::literal(text));
    return variables;
}

Variables variables_of(const Run& run, std::int64_t step, const Component* component) {
    auto variables = literals(run.plan.scope.variables);
    if (run.book == nullptr) return variables;
    if (!run.book->steps) {
        variables.insert(run.book->variables.begin(), run.book->variables.end());
        return variables;
    }
    const auto& own = run.book->steps->list.at(static_cast<std::size_t>(step - 1)).variables;
    const auto is_for_others = [&](const std::string& name) {
        return component != nullptr && !own.contains(name) && !has_input(*component, name);
    };
    variables.insert(own.begin(), own.end());
    variables.insert(run.book->variables.begin(), run.book->variables.end());
    std::erase_if(variables, [&](const auto& one) { return is_for_others(one.first); });
    return variables;
}

std::vector<std::string> unused_variables(const Run& run, const std::vector<const Component*>& components) {
    std::vector<std::string> unused;
    if (run.book == nullptr || !run.book->steps) return unused;
    auto shared = literals(run.plan.scope.variables);
    shared.insert(run.book->variables.begin(), run.book->variables.end());
    for (const auto& [name, value] : shared)
        if (std::none_of(components.begin(), components.end(), [&name = name](const Component* component) {
                return component == nullptr || has_input(*component, name);
            }))
            unused.push_back(name);
    return unused;
}

tl::expected<SentVariables, VariableRefusal> render_variables(const Run& run, std::int64_t step,
                                                              const RenderedFor& of,
                                                              const Component* component) {
    const Facts facts(run, of);
    const auto* const zone = run.lane != nullptr                     ? run.lane->zone().get()
                             : run.book != nullptr && run.book->zone ? run.book->zone.get()
                                                                     : &cron::utc_zone();
    SentVariables sent;
    for (const auto& [name, value] : variables_of(run, step, component)) {
        auto rendered = value.render(facts, *zone);
        if (!rendered)
            return tl::unexpected<VariableRefusal>(
                {Disposition::skipped, "null_variable",
                 "variable '" + name + "' needs " + rendered.error().name +
                     ", which has no value for this device; give it one, or write default('…')"});
        auto value_sent = as_sent(name, std::move(*rendered), find(component, name));
        if (!value_sent) return tl::unexpected<VariableRefusal>(std::move(value_sent.error()));
        sent.emplace(name, std::move(*value_sent));
    }
    return sent;
}

std::map<std::string, std::string> masked(const SentVariables& variables) {
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : variables) texts.emplace(name, value.masked());
    return texts;
}

}  // namespace runbookd::engine
