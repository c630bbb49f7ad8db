#!/usr/bin/env python3
"""The real daemon against the sandbox for a long time, while a share of all calls fails at random. At the end all
that is open comes to its end, the daemon is asked to stop, and its record is held against the sandbox's ledger and
access log. Every minute it prints what the daemon weighs.

usage: soak.py --programs FOLDER [--minutes 30] [--speed 20] [--share 5%] [--seed 1] [--folder FOLDER]

Exit status 0: all promises held; 1: one did not (which, on stdout)."""
import argparse
import collections
import json
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

READS, CREATES, BUDGET, WINDOW_MS = 600, 100, 0.8, 60_000
KINDS = ["reset_before", "reset_after", "cut", "bad_json", "html", "status", "slow"]

FLEET = """
limits: {{reads: {reads}, writes: 600, device_job_create: {creates}}}
token_life: 60s
pickup: 1s..20s
activity_log: {{lag: 2s..60s}}
sites:
  - name: Acme
    devices:
      - {{hostname: "ACME-PC{{n:03}}", count: 60, os: Windows 11, online: 90%}}
      - {{hostname: "ACME-LT{{n:02}}", count: 20, online: {{after: 60s, for: 300s, every: 900s}}}}
  - name: Birch
    devices:
      - {{hostname: "BIRCH-PC{{n:03}}", count: 60, os: Windows 11}}
      - {{hostname: BIRCH-OLD, deleted: true}}
      - {{hostname: "BIRCH-NEW{{n:02}}", count: 10, appears: {{after: 1200s}}}}
components:
  - {{name: Say, script: 'echo "$HOSTNAME said it"; case "$HOSTNAME" in *7) exit 3;; *9) exit 64;; esac'}}
  - {{name: Sweep, simulate: {{duration: 30s..600s, outcome: {{Success: 90%, Failure: 6%, Warning: 3%, Expired: 1%}}, stdout: "swept {{hostname}}"}}}}
faults:
{faults}
"""

SETTINGS = """
accounts:
  main: {{api: datto, url: "{url}", key: demo-key, secret: demo-secret, timezone: UTC, fleet: {{refresh: 1m}}}}
runbooks: runbooks.d
store: state/audit.db
control: {{socket: state/control.sock}}
unknown_after: 2m
log: {{level: warning, format: text}}
allow_plaintext_secrets: true
"""

RUNBOOKS = {
    "say": "schedule: {cron: '* * * * *'}\nwindow: 50s\noffline: skip\noverlap: allow\ntargets: {include: [{site: Acme}]}\n"
           "component: Say\n",
    "say-again": "schedule: {cron: '*/2 * * * *'}\nwindow: 3m\noverlap: queue\ntargets: {include: [{site: Birch}]}\n"
                 "component: Say\nretry: {attempts: 2, delay: 5s}\n",
    "sweep": "schedule: {cron: '*/3 * * * *'}\nwindow: 2m\noffline: wait\ntimeout: 5m\non_unknown: hold\n"
             "targets: {include: [{all: true}]}\ncomponent: Sweep\n"
             "rollout: {waves: [10%, 100%], max_in_flight_per: {site: 40}}\n",
}


def fleet_text(share: str, seed: int) -> str:
    each = float(share.rstrip("%")) / len(KINDS)
    faults = "\n".join(f"  - {{operation: any, share: {each:.3f}%, seed: {seed + n}, kind: {kind}"
                       + (", status: 503}" if kind == "status" else "}") for n, kind in enumerate(KINDS))
    return FLEET.format(reads=READS, creates=CREATES, faults=faults)


class Soak:
    def __init__(self, programs: pathlib.Path, folder: pathlib.Path, speed: int):
        self.programs, self.folder, self.speed = programs, folder, speed
        self.ledger, self.access = folder / "ledger.jsonl", folder / "access.jsonl"
        self.weights: list[int] = []
        self.broken: list[str] = []

    def start(self, fleet: str) -> None:
        (self.folder / "fleet.yaml").write_text(fleet)
        (self.folder / "runbooks.d").mkdir()
        for name, text in RUNBOOKS.items():
            (self.folder / "runbooks.d" / f"{name}.yaml").write_text(text)
        self.sandbox = subprocess.Popen(
            [self.programs / "runbookd-sandbox", "--fleet", self.folder / "fleet.yaml", "--listen", "127.0.0.1:0",
             "--ledger", self.ledger, "--access-log", self.access, "--speed", str(self.speed)],
            stdout=subprocess.PIPE, stderr=(self.folder / "sandbox.log").open("w"), text=True)
        url = next(word for word in self.sandbox.stdout.readline().split() if word.startswith("http://"))
        config = self.folder / "runbookd.yaml"
        config.write_text(SETTINGS.format(url=url))
        config.chmod(0o600)
        self.daemon = subprocess.Popen([self.programs / "runbookd", "--config", config],
                                       stdout=(self.folder / "daemon.log").open("w"), stderr=subprocess.STDOUT)

    def ctl(self, *arguments: str) -> subprocess.CompletedProcess:
        socket = self.folder / "state" / "control.sock"
        return subprocess.run([self.programs / "runbookctl", "--socket", socket, *arguments], capture_output=True, text=True)

    def kilobytes(self) -> int:
        for line in pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0

    def rows(self, query: str) -> list:
        with sqlite3.connect(f"file:{self.folder}/state/audit.db?mode=ro", uri=True) as store:
            store.text_factory = lambda raw: raw.decode(errors="replace")
            return store.execute(query).fetchall()

    def live(self, minutes: float) -> None:
        ends = time.monotonic() + minutes * 60
        while time.monotonic() < ends and self.daemon.poll() is None:
            time.sleep(min(60.0, max(0.0, ends - time.monotonic())))
            if self.daemon.poll() is None:
                self.weights.append(self.kilobytes())
                jobs = self.rows("SELECT count(*) FROM job_history")[0][0]
                print(f"minute {len(self.weights)}: {jobs} jobs, {self.weights[-1]} kB resident", flush=True)

    def come_to_an_end(self) -> None:
        for file in (self.folder / "runbooks.d").iterdir():
            file.unlink()
        applied = self.ctl("apply", "--note", "the soak is over")
        self.hold(applied.returncode == 0, f"apply answered {applied.returncode}: {applied.stderr.strip()}")
        open_runs = "SELECT count(*) FROM run_history WHERE status IN ('planned', 'waiting', 'running')"
        ends = time.monotonic() + 1200
        while time.monotonic() < ends and self.rows(open_runs)[0][0]:
            time.sleep(2)
        self.hold(self.rows(open_runs)[0][0] == 0, "not every run came to its end within 20 minutes")

    def stop(self) -> None:
        for name, process in (("daemon", self.daemon), ("sandbox", self.sandbox)):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                status = process.wait(120)
            except subprocess.TimeoutExpired:
                process.kill()
                status = "none: killed after two minutes"
            self.hold(status == 0, f"the {name} ended with status {status}")
            text = (self.folder / f"{name}.log").read_text(errors="replace")
            self.hold("Sanitizer" not in text and "runtime error" not in text, f"a sanitizer spoke up in {name}.log")

    def hold(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.broken.append(otherwise)
            print("BROKEN: " + otherwise, flush=True)

    def judge(self) -> None:
        lines = [json.loads(line) for line in self.ledger.read_text().splitlines()]
        accepted = collections.Counter(line["job_name"] for line in lines if line["event"] == "accepted")
        name_of = {line["job_uid"]: line["job_name"] for line in lines if line["event"] == "accepted"}
        ends = {name_of[line["job_uid"]]: line["status"] for line in lines if line["event"] == "finished"}
        jobs = {f"{runbook} rb{uid}": rest for uid, runbook, *rest in self.rows(
            "SELECT job_uid, runbook, status, coalesce(reason, ''), coalesce(late_status, ''), stdout FROM job_history")}

        twice = [name for name, count in accepted.items() if count > 1]
        self.hold(not twice, f"created more than once: {twice[:3]}")
        lost = [name for name in accepted if name not in jobs]
        self.hold(not lost, f"in the ledger, not in the record: {len(lost)}, {lost[:3]}")
        targets = self.rows("SELECT run_uid, device_uid, step, attempt, count(*) FROM job_history GROUP BY 1, 2, 3, 4 "
                            "HAVING count(*) > 1")
        self.hold(not targets, f"one attempt with two jobs: {targets[:3]}")
        ours = {"Success": {"completed"}, "Warning": {"completed"}, "Failure": {"failed"}, "Expired": {"failed"}}
        wrong, without_output, unknown = [], [], 0
        for name, (status, reason, late, stdout) in jobs.items():
            if reason == "unknown_dispatch":
                unknown += 1
                self.hold(name not in accepted or late != "", f"{name} is unknown, and it arrived")
            elif name in ends and status in ("completed", "failed") and status not in ours[ends[name]]:
                wrong.append((name, status, ends[name]))
            elif ends.get(name) == "Success" and status == "completed" and not stdout:
                without_output.append(name)
        self.hold(not wrong, f"another end than the ledger's: {wrong[:3]}")
        self.hold(not without_output, f"ended well without output: {len(without_output)}, {without_output[:3]}")
        unbalanced = self.rows(
            "SELECT run_uid FROM run_history WHERE targets <> pending + succeeded + warning + failed + timeout + expired "
            "+ skipped + halted + cancelled + unknown OR (finished_at IS NOT NULL AND pending > 0)")
        self.hold(not unbalanced, f"books that do not balance: {unbalanced[:3]}")
        calls = [json.loads(line) for line in self.access.read_text().splitlines()]
        self.hold_window("reads", BUDGET * READS, [c["at"] for c in calls if c["method"] == "GET" and c["operation"] != "request_rate"])
        self.hold_window("creates", BUDGET * CREATES, [c["at"] for c in calls if c["operation"] == "quickjob"])
        proof = subprocess.run([self.programs / "runbookctl", "--config", self.folder / "runbookd.yaml", "audit", "verify"],
                               capture_output=True, text=True)
        self.hold(proof.returncode == 0, "audit verify: " + (proof.stdout + proof.stderr).strip())
        runs = self.rows("SELECT count(*) FROM run_history")[0][0]
        print(f"{len(calls)} requests, {runs} runs, {len(jobs)} jobs, {sum(accepted.values())} accepted, {unknown} unknown")

        quarter = len(self.weights) // 4
        if quarter:
            early = sorted(self.weights[quarter:2 * quarter])[quarter // 2]
            late = sorted(self.weights[-quarter:])[quarter // 2]
            print(f"resident, median of the second and the last quarter: {early} and {late} kB ({late / early - 1:+.1%})")

    def hold_window(self, what: str, most: float, at: list[int]) -> None:
        at.sort()
        oldest, fullest = 0, 0
        for newest, time_ms in enumerate(at):
            while at[oldest] <= time_ms - WINDOW_MS:
                oldest += 1
            fullest = max(fullest, newest - oldest + 1)
        print(f"fullest minute: {fullest} {what} of {most:.0f}")
        self.hold(fullest <= most, f"{fullest} {what} within 60 s, {most:.0f} are allowed")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--speed", type=int, default=20)
    parser.add_argument("--share", default="5%", help="of all calls that fail")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--folder", type=pathlib.Path, help="kept; without it a temporary one, kept only where a promise broke")
    given = parser.parse_args()
    folder = given.folder or pathlib.Path(tempfile.mkdtemp(prefix="runbookd-soak."))
    folder.mkdir(parents=True, exist_ok=True)
    soak = Soak(given.programs.resolve(), folder, given.speed)
    soak.start(fleet_text(given.share, given.seed))
    try:
        soak.live(given.minutes)
        soak.come_to_an_end()
    finally:
        soak.stop()
    soak.judge()
    if soak.broken:
        print(f"{len(soak.broken)} of the promises broke; everything is in {folder}")
        return 1
    print("every promise held")
    if given.folder is None:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
