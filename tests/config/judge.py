"""Judges documents by a JSON Schema: judge.py SCHEMA DOCUMENTS.

DOCUMENTS is a JSON array; the answer is an array of one text per document: empty for a valid one, else what is wrong.
"""
import json
import sys

import jsonschema


def judge(validator, document):
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    return "" if error is None else f"{error.json_path}: {error.message}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        documents = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    print(json.dumps([judge(validator, document) for document in documents]))


main()
