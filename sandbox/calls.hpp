#pragma once
// The functions behind the routes. Each answers one call that is authenticated and counted already.
#include "sandbox/call.hpp"

namespace runbookd::sandbox {

// fleet_calls.cpp: account, sites, devices, filters, components
Reply get_account(const Call& call);
Reply get_account_sites(const Call& call);
Reply get_site(const Call& call);
Reply get_account_devices(const Call& call);
Reply get_site_devices(const Call& call);
Reply get_device(const Call& call);
Reply get_device_by_id(const Call& call);
Reply get_default_filters(const Call& call);
Reply get_custom_filters(const Call& call);
Reply get_site_filters(const Call& call);
Reply get_components(const Call& call);
/// There are no alerts yet: an empty page, whichever list is asked for.
Reply get_alerts(const Call& call);
Reply resolve_alert(const Call& call);

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

}  // namespace runbookd::sandbox
