#pragma once
// The functions behind the routes. Each answers one call that is authenticated and counted already.
#include "sandbox/call.hpp"

namespace runbookd::sandbox {

// fleet_calls.cpp: account, sites, filters, components, variables, users
Reply get_account(const Call& call);
Reply get_account_sites(const Call& call);
Reply get_site(const Call& call);
Reply get_default_filters(const Call& call);
Reply get_custom_filters(const Call& call);
Reply get_site_filters(const Call& call);
Reply get_components(const Call& call);
Reply get_account_variables(const Call& call);
Reply get_site_variables(const Call& call);
Reply get_account_users(const Call& call);

// device_calls.cpp: devices, in the shape of the version of the API that the path names
Reply get_account_devices(const Call& call);
Reply get_site_devices(const Call& call);
Reply get_device(const Call& call);
Reply get_device_by_id(const Call& call);
Reply get_devices_by_mac(const Call& call);
Reply post_udf(const Call& call);
Reply post_udfs(const Call& call);

// alert_calls.cpp: alerts; the lists tell open from resolved by their path
Reply get_account_alerts(const Call& call);
Reply get_site_alerts(const Call& call);
Reply get_device_alerts(const Call& call);
Reply get_alert(const Call& call);
Reply resolve_alert(const Call& call);
/// Muting and unmuting have no effect any more (Datto RMM 8.9.0).
Reply mute_alert(const Call& call);

// job_calls.cpp: quick jobs and what became of them
Reply put_quickjob(const Call& call);
Reply get_job(const Call& call);
Reply get_job_components(const Call& call);
Reply get_job_results(const Call& call);
Reply get_job_stdout(const Call& call);
Reply get_job_stderr(const Call& call);

// system_calls.cpp: limits, paging
Reply get_status(const Call& call);
Reply get_pagination(const Call& call);
Reply get_request_rate(const Call& call);

// activity_calls.cpp: the activity log
Reply get_activity_logs(const Call& call);

// seed_calls.cpp: the seed dialect
Reply post_seed_quickjob(const Call& call);
Reply get_seed_job(const Call& call);
Reply get_seed_device_jobs(const Call& call);
Reply get_seed_site_jobs(const Call& call);
Reply get_seed_components(const Call& call);
Reply get_seed_component(const Call& call);
Reply get_seed_device(const Call& call);

}  // namespace runbookd::sandbox
