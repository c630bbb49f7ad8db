"""A fleet of 100,000 devices starts quickly and needs little memory: large_fleet_test.py SANDBOX

Reads every page of devices and runs a thousand jobs on it; at no time may the sandbox hold 500 MB.
"""
import os
import sys
import tempfile
import time

from calls import Sandbox, follow_pages, log_in, until

DEVICES = 100_000
JOBS = 1_000
MOST_MEMORY_KB = 500 * 1024
MOST_SECONDS_TO_START = 60  # a sanitizer's program on a busy machine; a release needs one or two

FLEET = f"""
limits: off
pickup: 0s..1s
activity_log: {{lag: 0s}}
sites:
  - {{name: North, devices: [{{hostname: "PC{{n:06}}", count: {DEVICES // 2}, os: Windows 11, online: 95%, udf: {{5: gold}}}}]}}
  - {{name: South, devices: [{{hostname: "SRV{{n:06}}", count: {DEVICES // 2}, type: Server}}]}}
components:
  - {{name: Sweep, simulate: {{duration: 100ms..1s, outcome: {{Success: 97%, Failure: 3%}}, stdout: "swept {{hostname}}"}}}}
"""


def peak_memory_kb(process):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main():
    # Freed memory that AddressSanitizer keeps to find misuse is not the sandbox's own.
    os.environ["ASAN_OPTIONS"] = "quarantine_size_mb=8"
    with tempfile.TemporaryDirectory() as folder:
        fleet = os.path.join(folder, "fleet.yaml")
        with open(fleet, "w", encoding="utf-8") as text:
            text.write(FLEET)
        started = time.monotonic()
        with Sandbox(sys.argv[1], fleet, os.devnull) as sandbox:
            start = time.monotonic() - started
            bearer = log_in(sandbox)
            devices = follow_pages(sandbox, bearer, "/api/v2/account/devices", "devices")
            uids = {each["uid"] for each in devices}
            component = sandbox.call("GET", "/api/v2/account/components", bearer=bearer)[1]["components"][0]["uid"]
            for device in [each["uid"] for each in devices if each["online"]][:JOBS]:
                job = {"jobName": f"large rb{device}", "jobComponent": {"componentUid": component, "variables": []}}
                sandbox.call("PUT", f"/api/v2/device/{device}/quickjob", job, bearer=bearer)
            ends = "/api/v2/activity-logs?actions=deployment&order=asc&size=250"
            until(lambda: [each for each in follow_pages(sandbox, bearer, ends, "activities")
                           if '"job.status":"Running"' not in each["details"]],
                  lambda ended: len(ended) == JOBS, seconds=60)
            memory = peak_memory_kb(sandbox.process)
    print(f"{len(uids)} devices: started in {start:.1f} s, {memory / 1024:.0f} MB at most, {JOBS} jobs ended")
    good = len(uids) == DEVICES and start < MOST_SECONDS_TO_START and memory < MOST_MEMORY_KB
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
