#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""schema.py [--all] FILE…: compare JSON that kctl printed with its schema.

The name of each FILE is that of a definition of the schema: the words of a verb, joined by "-".
A file has one or more JSON documents. With --all, the files must contain everything that the
schema describes: each verb, and each kind of document or line that it can print."""
import json
import os
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")

with open(TOP + "/schema/kctl-1.schema.json") as file:
    SCHEMA = json.load(file)
DEFINITIONS = SCHEMA["$defs"]


def validator(schema):
    return Draft202012Validator({"$defs": DEFINITIONS, **schema})


def prints_nothing(name):
    return "not" in DEFINITIONS[name]


def verbs():
    """Return the definitions that are not parts of others."""
    printing = [choice["$ref"].rsplit("/", 1)[1] for choice in SCHEMA["anyOf"]]
    return printing + [name for name in DEFINITIONS if prints_nothing(name)]


def documents(text):
    decoder = json.JSONDecoder()
    text = text.strip()
    while text:
        document, end = decoder.raw_decode(text)
        yield document
        text = text[end:].lstrip()


def explain(schema, document):
    """Return the error in a document, or in a line of a stream that of its kind."""
    if schema.get("$ref") == "#/$defs/watch-icmp":
        schema = DEFINITIONS["watch-icmp"]
    event = document.get("event") if isinstance(document, dict) else None
    for choice in schema.get("anyOf", []):
        kind = DEFINITIONS.get(choice.get("$ref", "").rsplit("/", 1)[-1], {})
        if event and kind.get("properties", {}).get("event") == {"const": event}:
            schema = choice
            break
    error = best_match(validator(schema).iter_errors(document))
    return "%s: %s" % (error.json_path, error.message)


def check(name, text, complete):
    schema = DEFINITIONS[name]
    found = list(documents(text))
    whole = validator(schema)
    for document in found:
        if not whole.is_valid(document):
            yield "%s\n  in %s" % (explain(schema, document), json.dumps(document)[:400])
    if not complete:
        return
    if not found and not prints_nothing(name):
        yield "nothing was printed"
    for choice in schema.get("anyOf", []):
        if not any(validator(choice).is_valid(document) for document in found):
            yield "this kind is missing: %s" % json.dumps(choice)[:100]


def main(arguments):
    complete = arguments[:1] == ["--all"]
    files = arguments[1:] if complete else arguments
    names = [os.path.basename(path) for path in files]
    problems = []
    Draft202012Validator.check_schema(SCHEMA)
    for path, name in zip(files, names):
        if name not in DEFINITIONS:
            problems.append("%s: the schema does not have it" % name)
            continue
        with open(path) as printed:
            problems += ["%s: %s" % (name, problem)
                         for problem in check(name, printed.read(), complete)]
    if complete:
        problems += ["%s: not tested" % name for name in verbs() if name not in names]
    if problems:
        sys.exit("\n".join(problems))


main(sys.argv[1:])
