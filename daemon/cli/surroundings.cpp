#include "cli/surroundings.hpp"

namespace runbookd::cli {

int exit_status_for(const Error& error) {
    switch (error.code) {
        case ErrorCode::permission:
        case ErrorCode::unavailable:
        case ErrorCode::rate_limited: return kUnreachable;
        case ErrorCode::refused_by_rule: return kRefused;
        default: return kFailed;
    }
}

int report(Surroundings& around, const Error& error) {
    around.err << "runbookctl: " << error.message << '\n';
    return exit_status_for(error);
}

}  // namespace runbookd::cli
