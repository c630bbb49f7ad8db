"""The sandbox keeps to openapi.yaml, and openapi.yaml is strict: contract_test.py SANDBOX OPENAPI

Every call is made against fleets of different settings; all that was said is held against the description, which
must describe nothing that was not called. Then the replies are damaged field by field: each damage must be noticed.
"""
import copy
import json
import os
import sys
import tempfile

import jsonschema

from calls import Sandbox, make_every_call
from contract import Contract, lines_of

FLEET = """
dialect: both
token: seed-token
limits: {limits}
pickup: 0s
activity_log: {{lag: 0s}}
sites:
  - name: HQ
    variables: [{{name: region, value: north}}]
    devices:
      - {{hostname: PC1, os: Windows 11, domain: acme, patch_status: NoData, reboot_required: false, udf: {{5: gold}}}}
      - {{hostname: PC2, online: false, last_seen: 1d}}
      - {{hostname: GONE, deleted: true}}
      - {{hostname: PRN, class: printer, type: Printer}}
components:
  - {{name: Sweep, variables: [{{name: days, type: number, default: "7"}}, {{name: found, direction: output}}],
     simulate: {{duration: 50ms, stdout: swept, stderr: careful}}}}
  - {{name: Warn, simulate: {{duration: 50ms, outcome: {{Warning: 100%}}}}}}
  - {{name: Break, simulate: {{duration: 50ms, outcome: {{Failure: 100%}}}}}}
  - {{name: Gone, simulate: {{duration: 50ms, outcome: {{Retired: 100%}}}}}}
  - {{name: Late, timeout: 50ms, simulate: {{duration: 1h}}}}
filters: [{{name: All, default: true}}, {{name: Mine, hostname: "PC*"}}]
variables: [{{name: licence, value: abc}}, {{name: password, value: x, masked: true}}]
alerts:
  - {{device: PC1, class: perf_disk_usage_ctx, context: {{diskName: "C:"}}, diagnostics: full}}
  - {{device: PC2, class: comp_script_ctx, muted: true}}
  - {{device: PC1, class: online_offline_status_ctx, resolves: 100ms}}
"""

ODD = """
paging: {end: empty, urls: relative, totals: none, drops_filters: true, size: 100, alerts_size: 50}
nulls: {"*": 40%}
seed: {failures: failed, offline: accept, idempotency: ignored}
unknowns:
  times: {date_created: iso, ran_on: seconds, devices: iso, alerts: seconds, activity_log: iso}
  empty_results: list
  order: {completed: 20ms, result: 10ms, output: 30ms}
  refusals: {component: 404}
  blocked: {body: text, retry_after: date}
  timed_out: Expired
  token: {refresh_token: true, refused: 400}
  request_rate: {write_fields: false}
"""

SETTINGS = {
    "plain": FLEET.format(limits="off"),
    "with limits": FLEET.format(limits="{reads: 100000, writes: 100000, device_job_create: 100000}"),
    "odd": FLEET.format(limits="off") + ODD,
}

# Subtrees whose content is free by nature.
FREE = {"alertContext", "details", "variables", "udf"}


def record(sandbox, name, fleet, folder):
    """The lines of traffic of all calls to a sandbox with this fleet."""
    file = os.path.join(folder, name.replace(" ", "-"))
    with open(file + ".yaml", "w", encoding="utf-8") as text:
        text.write(fleet)
    with Sandbox(sandbox, file + ".yaml", file + ".traffic") as running:
        make_every_call(running)
    return list(lines_of(file + ".traffic"))


def complaints_about(contract, name, lines):
    return [f"{name}: {line['request']['method']} {line['request']['path']}: {complaint}"
            for line in lines for complaint in contract.check(line)]


def never_called(contract, lines):
    """Operations that are described and had no success."""
    called = set()
    for line in lines:
        found = contract.find(line["request"]["method"], line["request"]["path"])
        if found and line["reply"] and line["reply"]["status"] == 200:
            called.add(found[1]["operationId"])
    described = {operation["operationId"] for _, _, _, item in contract.paths
                 for verb, operation in item.items() if verb != "parameters"}
    return described - called


def wrong_value(value):
    """A value of another type than `value`, and of none that would do instead."""
    return 7 if isinstance(value, (str, list, dict)) else {"wrong": True}


def damages(node, path=()):
    """(path, damaged copy) of each way to damage a JSON value in one place."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in FREE:
                for place, damaged in damages(value, path + (key,)):
                    yield place, {**node, key: damaged}
            yield path + (key,), {**node, key: wrong_value(value)}
        yield path + ("unheard_of",), {**node, "unheard_of": 1}
    elif isinstance(node, list):
        for index, value in enumerate(node[:1]):
            for place, damaged in damages(value, path + (index,)):
                yield place, [damaged] + node[1:]
    elif path == ():
        return


def undetected(contract, lines):
    """Damages that the description does not notice, each operation and status looked at in two replies."""
    seen = {}
    tried = 0
    for line in lines:
        reply = line["reply"]
        if reply is None or line["fault"] or reply["content_type"] != "application/json" or not reply["body"]:
            continue
        found = contract.find(line["request"]["method"], line["request"]["path"])
        key = (found[1]["operationId"], reply["status"])
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 2:
            continue
        for place, damaged in damages(json.loads(reply["body"])):
            if place[-1] == "unheard_of" and FREE.intersection(place):
                continue
            tried += 1
            spoiled = copy.deepcopy(line)
            spoiled["reply"]["body"] = json.dumps(damaged)
            if not contract.check(spoiled):
                yield f"{key}: a wrong {'.'.join(map(str, place))} is not noticed"
    if tried < 500:
        yield f"only {tried} damages were tried"


def bad_requests(contract):
    """Requests that are not as described, and are taken for such."""
    def line(method, path, query="", body="", content_type="application/json"):
        request = {"method": method, "path": path, "query": query, "body": body, "content_type": content_type}
        return {"request": request, "reply": None, "fault": "reset_before"}

    job = {"jobName": "n", "jobComponent": {"componentUid": "c", "variables": [{"name": "a", "value": "b"}]}}
    good = line("PUT", "/api/v2/device/d/quickjob", body=json.dumps(job))
    if contract.check(good):
        yield f"a good request is refused: {contract.check(good)}"
    flat = {"componentUid": "c", "variables": {"a": "b"}}
    number = {"jobName": "n", "jobComponent": {"componentUid": "c", "variables": [{"name": "a", "value": 1}]}}
    for bad in (line("PUT", "/api/v2/device/d/quickjob", body=json.dumps(flat)),
                line("PUT", "/api/v2/device/d/quickjob", body=json.dumps(number)),
                line("PUT", "/api/v2/device/d/quickjob", body=json.dumps(job), content_type="text/plain"),
                line("PUT", "/api/v2/device/d/quickjob"),
                line("GET", "/api/v2/devices"),
                line("DELETE", "/api/v2/account"),
                line("GET", "/api/v2/account", body="{}"),
                line("GET", "/api/v2/account/devices", query="pageSize=3"),
                line("GET", "/api/v2/account/devices", query="max=many"),
                line("GET", "/api/v2/activity-logs", query="from=yesterday"),
                line("GET", "/api/v2/device/id/seven"),
                line("POST", "/auth/oauth/token", body="grant_type=client_credentials",
                     content_type="application/x-www-form-urlencoded")):
        if not contract.check(bad):
            yield f"a bad request is not noticed: {bad['request']}"


def nodes(node):
    """Every map in a document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def malformed(contract):
    """What is wrong with the description as such."""
    for node in nodes(contract.document):
        # Such as what follows a comma in a text without quotes.
        yield from (f"{key} has no value" for key, value in node.items() if value is None)
        try:
            contract.resolve(node)
        except KeyError:
            yield f"{node['$ref']} leads nowhere"
    for name, schema in contract.document["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            yield f"schema {name}: {error.message}"
    names = []
    for template, _, places, item in contract.paths:
        for verb, operation in item.items():
            if verb == "parameters":
                continue
            names.append(operation["operationId"])
            parameters = [contract.resolve(each) for each in item.get("parameters", []) + operation.get("parameters", [])]
            if sorted(each["name"] for each in parameters if each["in"] == "path") != sorted(places):
                yield f"{verb} {template}: its places are not its path parameters"
            if "default" not in operation["responses"]:
                yield f"{verb} {template}: it is never refused"
    yield from (f"operationId {name} is given twice" for name in set(names) if names.count(name) > 1)


def main():
    contract = Contract(sys.argv[2])
    problems = list(malformed(contract))
    if problems:
        sys.exit("\n".join(problems))
    problems += bad_requests(contract)
    recorded = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, fleet in SETTINGS.items():
            recorded[name] = record(sys.argv[1], name, fleet, folder)
            problems += complaints_about(contract, name, recorded[name])
    problems += [f"never called: {each}" for each in sorted(never_called(contract, recorded["plain"]))]
    problems += undetected(contract, recorded["plain"])
    for problem in problems[:50]:
        print(problem)
    print(f"{sum(map(len, recorded.values()))} exchanges, {len(problems)} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
