"""Makes every call that the sandbox serves, in both dialects, against one that is started for it."""
import base64
import http.client
import json
import re
import subprocess
import time
import urllib.parse

FORM = "application/x-www-form-urlencoded"
SEED_TOKEN = "seed-token"


class Sandbox:
    """A running sandbox; everything that is said to it and by it is in `traffic`."""

    def __init__(self, program, fleet, traffic):
        self.process = subprocess.Popen(
            [program, "--fleet", fleet, "--listen", "127.0.0.1:0", "--traffic", traffic], stdout=subprocess.PIPE, text=True)
        banner = self.process.stdout.readline()
        port = re.search(r"http://127\.0\.0\.1:(\d+)", banner)
        if port is None:
            raise RuntimeError(f"the sandbox did not start: {banner}")
        self.connection = http.client.HTTPConnection("127.0.0.1", int(port.group(1)), timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def call(self, method, path, body=None, bearer="", **headers):
        """(status, JSON or None). `body` may be any JSON value; a text is sent as it is."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if bearer:
            headers["Authorization"] = "Bearer " + bearer
        if body is not None and "Content-Type" not in headers:
            headers["Content-Type"] = "application/json"
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
        self.connection.request(method, path, body=body, headers=headers)
        reply = self.connection.getresponse()
        text = reply.read()
        is_json = (reply.getheader("Content-Type") or "") == "application/json"
        return reply.status, json.loads(text) if is_json and text else None

    def token(self, **form):
        client = base64.b64encode(b"public-client:public").decode()
        body = urllib.parse.urlencode(form)
        return self.call("POST", "/auth/oauth/token", body, Authorization="Basic " + client, Content_Type=FORM)


def until(ask, holds, seconds=20):
    """Asks again until the answer holds; the real sandbox takes real time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if holds(answer):
            return answer
        if time.monotonic() > deadline:
            raise RuntimeError(f"it did not come to pass: {answer}")
        time.sleep(0.02)


def make_every_call(sandbox):
    bearer = log_in(sandbox)

    def get(path):
        return sandbox.call("GET", "/api" + path, bearer=bearer)[1]

    def send(method, path, body=None):
        return sandbox.call(method, "/api" + path, body, bearer=bearer)

    sandbox.call("GET", "/api/v2/system/status")
    for path in ("/v2/system/request_rate", "/v2/system/pagination", "/v2/account", "/v2/account/users",
                 "/v2/account/variables", "/v2/account/sites?siteName=hq", "/v2/filter/default-filters",
                 "/v2/filter/custom-filters?page=0&max=10", "/v2/account/alerts/resolved?muted=false"):
        get(path)
    devices = follow_pages(sandbox, bearer, "/api/v2/account/devices?max=2", "devices")
    get("/v2/account/devices?filterId=1&hostname=x&deviceType=y&operatingSystem=z&siteName=s")
    get("/v3/account/devices")
    site = devices[0]["siteUid"]
    for path in ("", "/devices?filterId=1", "/filters", "/variables", "/alerts/open", "/alerts/resolved"):
        get(f"/v2/site/{site}{path}")
    get(f"/v3/site/{site}/devices")
    device, number = devices[0]["uid"], devices[0]["id"]
    for version in ("v2", "v3"):
        for path in (f"device/{device}", f"device/id/{number}", f"device/macAddress/02{number:010X}", "device/none"):
            get(f"/{version}/{path}")
    send("POST", f"/v2/device/{device}/udf", {"udf7": "canary", "udf8": None})
    send("POST", f"/v3/device/{device}/udf", {"udfs": [{"ordinal": 9, "valueNumber": 4}]})

    components = get("/v2/account/components")["components"]
    jobs = run_jobs(sandbox, bearer, device, [each["uid"] for each in components])
    for job in jobs:
        for path in ("", "/components", f"/results/{device}/stdout", f"/results/{device}/stderr"):
            get(f"/v2/job/{job}{path}")
    get("/v2/job/none")
    read_activity_log(sandbox, bearer)
    handle_alerts(sandbox, bearer, device)
    speak_seed(sandbox, devices, [each["uid"] for each in components])
    set_faults(sandbox, bearer)


def log_in(sandbox):
    sandbox.token(grant_type="password", username="demo-key", password="wrong")
    _, given = sandbox.token(grant_type="password", username="demo-key", password="demo-secret")
    if given.get("refresh_token"):
        _, given = sandbox.token(grant_type="refresh_token", refresh_token=given["refresh_token"])
    sandbox.call("GET", "/api/v2/account", bearer="wrong")
    return given["access_token"]


def follow_pages(sandbox, bearer, target, key):
    items = []
    while target:
        page = sandbox.call("GET", target, bearer=bearer)[1]
        items += page[key]
        url = urllib.parse.urlsplit(page["pageDetails"]["nextPageUrl"] or "")
        target = f"{url.path}?{url.query}" if url.path else ""
    return items


def run_jobs(sandbox, bearer, device, components):
    """Starts one job of each component and waits for its end; their uids."""
    jobs = []
    for component in components:
        body = {"jobName": "contract rb1", "jobComponent": {"componentUid": component, "variables": []}}
        _, created = sandbox.call("PUT", f"/api/v2/device/{device}/quickjob", body, bearer=bearer)
        jobs.append(created["job"]["uid"])
        results = f"/api/v2/job/{jobs[-1]}/results/{device}"
        until(lambda: sandbox.call("GET", results, bearer=bearer)[1],
              lambda answer: answer["jobDeploymentStatus"] not in ("Pending", "Running"))
    missing = {"jobName": "contract rb2", "jobComponent": {"componentUid": "none"}}
    sandbox.call("PUT", f"/api/v2/device/{device}/quickjob", missing, bearer=bearer)
    sandbox.call("PUT", "/api/v2/device/none/quickjob", missing, bearer=bearer)
    return jobs


def read_activity_log(sandbox, bearer):
    sandbox.call("GET", "/api/v2/activity-logs?entities=device&categories=job&actions=create,deployment&order=asc&size=3"
                 "&from=2026-01-01T00:00:00Z&until=2100-01-01T00:00:00Z&searchQuery=*rb1*&siteIds=1001&userIds=1", bearer=bearer)
    entries = follow_pages(sandbox, bearer, "/api/v2/activity-logs?size=2&order=desc", "activities")
    if not entries:
        raise RuntimeError("the activity log is empty")


def handle_alerts(sandbox, bearer, device):
    alerts = until(lambda: sandbox.call("GET", "/api/v2/account/alerts/open", bearer=bearer)[1]["alerts"],
                   lambda found: len(found) >= 2)
    alert = alerts[0]["alertUid"]
    sandbox.call("GET", f"/api/v2/alert/{alert}", bearer=bearer)
    for verb in ("mute", "unmute", "resolve"):
        sandbox.call("POST", f"/api/v2/alert/{alert}/{verb}", bearer=bearer)
    sandbox.call("POST", "/api/v2/alert/none/resolve", bearer=bearer)
    for path in ("account", f"device/{device}"):
        for state in ("open", "resolved"):
            sandbox.call("GET", f"/api/v2/{path}/alerts/{state}?page=0", bearer=bearer)


def speak_seed(sandbox, devices, components):
    def seed(method, path, body=None, **headers):
        return sandbox.call(method, "/api/v2" + path, body, bearer=SEED_TOKEN, **headers)

    device = devices[0]["uid"]
    seed("GET", "/components?max=1")
    seed("GET", f"/component/{components[0]}")
    seed("GET", "/component/none")
    seed("GET", f"/device/{device}")
    for component in components:
        body = {"componentUid": component, "variables": {"days": 3} if component == components[0] else {}}
        status, created = seed("POST", f"/device/{device}/quickjob", body, Idempotency_Key=component)
        if status != 200:
            raise RuntimeError(f"the seed dialect refused a job: {created}")
        seed("POST", f"/device/{device}/quickjob", body, Idempotency_Key=component)
        until(lambda: seed("GET", f"/job/{created['jobUid']}")[1], lambda job: job["status"] not in ("queued", "running"))
    for each in devices[1:]:
        seed("POST", f"/device/{each['uid']}/quickjob", {"componentUid": components[1]})
    seed("POST", f"/device/{device}/quickjob", {"componentUid": "none"})
    seed("POST", f"/device/{device}/quickjob", {"componentUid": components[0], "variables": {"Days": True}})
    for path in (f"/device/{device}/jobs?max=2", f"/site/{devices[0]['siteUid']}/jobs", "/job/none", "/site/none/jobs"):
        seed("GET", path)


def set_faults(sandbox, bearer):
    sandbox.call("GET", "/sandbox/faults")
    for kind in ("status", "html", "bad_json", "block"):
        fault = {"operation": "pagination", "kind": kind, "nth": 1, "times": 1, "delay": "50ms"}
        sandbox.call("PUT", "/sandbox/faults", [fault, {"operation": "any", "share": "0%", "seed": 3, "kind": "cut"}])
        try:
            sandbox.call("GET", "/api/v2/system/pagination", bearer=bearer)
        except ValueError:  # what `bad_json` is for
            pass
    time.sleep(0.1)  # the block passes
    sandbox.call("PUT", "/sandbox/faults", [])
