#include "engine/failure_class.hpp"

namespace runbookd::engine {

CallEffect effect_of(const ApiCall& call) {
    if (std::holds_alternative<CreateQuickJob>(call)) return CallEffect::create;
    if (std::holds_alternative<ResolveAlert>(call)) return CallEffect::write;
    return CallEffect::read;
}

FailureClass class_of(FailureKind kind, CallEffect effect) {
    switch (kind) {
        case FailureKind::not_sent: return FailureClass::transient;
        case FailureKind::lost:
        case FailureKind::server_error:
        case FailureKind::conflict:
            return effect == CallEffect::create ? FailureClass::ambiguous : FailureClass::transient;
        case FailureKind::throttled: return FailureClass::throttled;
        case FailureKind::blocked: return FailureClass::blocked;
        case FailureKind::unauthenticated:
        case FailureKind::bad_credentials: return FailureClass::authentication;
        case FailureKind::forbidden:
        case FailureKind::not_found:
        case FailureKind::rejected: break;
    }
    return FailureClass::permanent;
}

}  // namespace runbookd::engine
