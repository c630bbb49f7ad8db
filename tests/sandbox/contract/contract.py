"""Holds recorded traffic against the sandbox's description of itself: contract.py OPENAPI TRAFFIC…

TRAFFIC is what `runbookd-sandbox --traffic` writes. Prints a line for each request or reply that is not as described and
ends with status 1 if there is one. A reply that a fault has damaged is not looked at; its request is.
"""
import json
import re
import sys
import urllib.parse

import jsonschema
import yaml

# Faults that leave nothing, or nothing whole, of the reply that is described.
DAMAGING = {"reset_before", "reset_after", "cut", "bad_json"}


def content_schema(validator, schema, instance, _):
    """JSON inside a text: the specification only annotates it, we want it to hold."""
    if not isinstance(instance, str):
        return
    try:
        inner = json.loads(instance)
    except ValueError as error:
        yield jsonschema.ValidationError(f"the text holds no JSON: {error}")
        return
    yield from validator.descend(inner, schema)


Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"contentSchema": content_schema})


class Contract:
    """One description, ready to judge lines of traffic."""

    def __init__(self, file):
        with open(file, encoding="utf-8") as text:
            self.document = yaml.safe_load(text)
        self.paths = []
        for template, item in self.document["paths"].items():
            pattern = re.sub(r"\{[^}]+\}", r"([^/]+)", template)
            names = re.findall(r"\{([^}]+)\}", template)
            self.paths.append((template, re.compile(pattern), names, item))
        # Those with fewer places are more exact, as OpenAPI has it.
        self.paths.sort(key=lambda each: len(each[2]))
        self.validators = {}

    def resolve(self, node):
        """What a $ref stands for."""
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def complaints(self, schema, instance):
        """What is wrong with `instance`: nothing or one text."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            # Components stand beside the schema, so that its references find them.
            self.validators[key] = Validator({"allOf": [schema], "components": self.document["components"]})
        error = jsonschema.exceptions.best_match(self.validators[key].iter_errors(instance))
        return [] if error is None else [f"{error.json_path}: {error.message[:300]}"]

    def find(self, method, path):
        """(template, operation, parameters, values of the path) of a request; None where it is not described."""
        for template, pattern, names, item in self.paths:
            match = pattern.fullmatch(path)
            if match is None or method.lower() not in item:
                continue
            operation = item[method.lower()]
            parameters = [self.resolve(each) for each in item.get("parameters", []) + operation.get("parameters", [])]
            values = dict(zip(names, (urllib.parse.unquote(part) for part in match.groups())))
            return template, operation, parameters, values
        return None

    def check(self, line):
        """All complaints about one line of traffic."""
        request, reply = line["request"], line["reply"]
        found = self.find(request["method"], request["path"])
        if found is None:
            return [f"request: {request['method']} {request['path']} is not described"]
        _, operation, parameters, values = found
        complaints = ["request: " + each for each in self.request_complaints(request, operation, parameters, values)]
        if reply is not None and line["fault"] not in DAMAGING:
            complaints += ["reply: " + each for each in self.reply_complaints(reply, operation)]
        return complaints

    def request_complaints(self, request, operation, parameters, values):
        described = {(each["in"], each["name"]): each for each in parameters}
        given = [("path", name, value) for name, value in values.items()]
        given += [("query", name, value) for name, value in urllib.parse.parse_qsl(request["query"], keep_blank_values=True)]
        for place, name, value in given:
            parameter = described.get((place, name))
            if parameter is None:
                yield f"{place} parameter {name} is not described"
                continue
            for complaint in self.complaints(parameter["schema"], read_parameter(self.resolve(parameter["schema"]), value)):
                yield f"{place} parameter {name}: {complaint}"
        body = operation.get("requestBody")
        if body is None:
            if request["body"]:
                yield "there is a body, and none is described"
            return
        yield from self.body_complaints(body["content"], request["content_type"], request["body"])

    def reply_complaints(self, reply, operation):
        responses = operation["responses"]
        response = self.resolve(responses.get(str(reply["status"]), responses["default"]))
        content = response.get("content")
        if content is None or (not reply["body"] and reply["status"] >= 400):
            return [f"{reply['status']} has a body, and none is described"] if reply["body"] else []
        return [f"{reply['status']} {each}" for each in self.body_complaints(content, reply["content_type"], reply["body"])]

    def body_complaints(self, content, content_type, body):
        kind = content_type.split(";")[0].strip()
        if kind not in content:
            yield f"content type {kind or '(none)'} is not described"
            return
        if kind == "application/json":
            try:
                instance = json.loads(body)
            except ValueError as error:
                yield f"the body is no JSON: {error}"
                return
        elif kind == "application/x-www-form-urlencoded":
            instance = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        else:
            instance = body
        yield from self.complaints(content[kind]["schema"], instance)


def read_parameter(schema, text):
    """The value that a text in a URL stands for: a whole number where one is asked for."""
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    return text


def lines_of(file):
    with open(file, encoding="utf-8") as text:
        for line in text:
            yield json.loads(line)


def main():
    contract = Contract(sys.argv[1])
    checked = wrong = 0
    for file in sys.argv[2:]:
        for line in lines_of(file):
            checked += 1
            complaints = contract.check(line)
            wrong += bool(complaints)
            for complaint in complaints:
                print(f"{file}: {line['request']['method']} {line['request']['path']}: {complaint}")
    print(f"{checked} exchanges, {wrong} not as described")
    sys.exit(1 if wrong or not checked else 0)


if __name__ == "__main__":
    main()
