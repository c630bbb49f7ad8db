#pragma once
// The handlers, by subject; each function adds its rows to the route table. docs/api.md describes them.
#include "ports/control.hpp"
#include "ports/history.hpp"
#include "ports/planning.hpp"
#include "ports/pruning.hpp"
#include "ports/reload.hpp"
#include "ports/verification.hpp"

namespace runbookd::http_api {

class Router;
class IdempotencyKeys;

/// What handlers work with; all outlive the router.
struct Services {
    ports::Control& control;
    ports::History& history;
    ports::Verification& verification;
    ports::Planning& planning;
    ports::Reload& reload;
    ports::Retention& retention;
    IdempotencyKeys& keys;
};

/// POST /v1/runs, POST /v1/runs/{uid}/retarget, POST /v1/quickjobs.
void add_command_routes(Router& router, Services services);
/// POST of pause and resume, of one runbook and of all.
void add_pause_routes(Router& router, Services services);
/// POST /v1/plan, POST /v1/check and GET /v1/forecast: what would happen.
void add_plan_routes(Router& router, Services services);
/// GET /v1/diff, POST /v1/apply, GET /v1/runbooks/{name}.
void add_reload_routes(Router& router, Services services);
/// GET of coverage and why, below /v1/runbooks/{name}.
void add_device_questions(Router& router, Services services);
/// GET /v1/verify.
void add_verify_routes(Router& router, Services services);
/// GET of a run's outputs in groups, failures and exceptions; POST /v1/audit/prune.
void add_record_routes(Router& router, Services services);
/// GET of runs, targets, jobs, outputs, occurrences, events, exclusions, approvals.
void add_history_routes(Router& router, Services services);
/// GET of the fleet.
void add_device_routes(Router& router, Services services);
/// GET of runbooks, components, status, and /healthz.
void add_state_routes(Router& router, Services services);
/// POST /v1/runs/{uid}/cancel.
void add_cancel_routes(Router& router, Services services);
/// POST of approve and reject, below /v1/runs/{uid}.
void add_approval_routes(Router& router, Services services);
/// POST /v1/jobs/{uid}/settle.
void add_settle_routes(Router& router, Services services);
/// GET /v1/doctor.
void add_doctor_routes(Router& router, Services services);
/// POST /v1/store/accept-restore.
void add_restore_routes(Router& router, Services services);
/// GET /v1/budget.
void add_budget_routes(Router& router, Services services);
/// GET /v1/runs/{uid}/collected.
void add_collected_routes(Router& router, Services services);
/// The seed's POST …/quickjob and GET …/job/{jobUid}.
void add_seed_routes(Router& router, Services services);
/// The seed's GET of components, devices, and the jobs of a device or a site.
void add_seed_reads(Router& router, Services services);
/// GET of sites, devices, the request rate and the log of keyed jobs, as the real API has them: for a relay.
void add_relay_routes(Router& router, Services services);

}  // namespace runbookd::http_api
