#!/usr/bin/env python3
"""Holds JSON files to a JSON Schema (draft 2020-12).

  check_schema.py SCHEMA FILE...            each file is valid
  check_schema.py --damage SCHEMA FILE...   and no longer so with an unknown
                                            property in any of its objects, or
                                            without one that is required

Knows the keywords that docs/schema uses, and refuses a schema with others, so
that none goes unchecked. Where Python's jsonschema is installed it has to agree.
"""

import json
import re
import sys

ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description"}
TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}


class Checker:
    def __init__(self, root):
        self.root = root

    def resolve(self, reference):
        found = self.root
        for part in reference.lstrip("#").strip("/").split("/"):
            found = found[part] if part else found
        return found

    def errors(self, schema, value, where):
        """The first lines of what is wrong, without an end where all is well."""
        for keyword, argument in schema.items():
            if keyword in ANNOTATIONS:
                continue
            check = getattr(self, "check_" + keyword.strip("$"), None)
            if not check:
                sys.exit(f"check_schema.py: error: unknown keyword '{keyword}' at {where}")
            yield from check(schema, argument, value, where)

    def check_ref(self, schema, reference, value, where):
        yield from self.errors(self.resolve(reference), value, where)

    def check_type(self, schema, names, value, where):
        names = [names] if isinstance(names, str) else names
        if not any(TYPES[name](value) for name in names):
            yield f"{where}: expected {' or '.join(names)}, found {json.dumps(value)[:40]}"

    def check_properties(self, schema, properties, value, where):
        if isinstance(value, dict):
            for name in properties.keys() & value.keys():
                yield from self.errors(properties[name], value[name], f"{where}.{name}")

    def check_additionalProperties(self, schema, allowed, value, where):
        assert allowed is False
        if isinstance(value, dict):
            for name in value.keys() - schema["properties"].keys():
                yield f"{where}: unknown property '{name}'"

    def check_required(self, schema, names, value, where):
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    yield f"{where}: expected property '{name}'"

    def check_dependentRequired(self, schema, names, value, where):
        for name, needed in names.items():
            if isinstance(value, dict) and name in value:
                yield from self.check_required(schema, needed, value, where)

    def check_items(self, schema, item, value, where):
        if isinstance(value, list):
            for i, element in enumerate(value):
                yield from self.errors(item, element, f"{where}[{i}]")

    def check_minItems(self, schema, least, value, where):
        if isinstance(value, list) and len(value) < least:
            yield f"{where}: expected at least {least} elements, found {len(value)}"

    def check_enum(self, schema, values, value, where):
        if value not in values:
            yield f"{where}: expected one of {values}, found {json.dumps(value)[:40]}"

    def check_const(self, schema, wanted, value, where):
        yield from self.check_enum(schema, [wanted], value, where)

    def check_minimum(self, schema, least, value, where):
        if TYPES["number"](value) and value < least:
            yield f"{where}: expected at least {least}, found {value}"

    def check_exclusiveMinimum(self, schema, bound, value, where):
        if TYPES["number"](value) and value <= bound:
            yield f"{where}: expected more than {bound}, found {value}"

    def check_maximum(self, schema, most, value, where):
        if TYPES["number"](value) and value > most:
            yield f"{where}: expected at most {most}, found {value}"

    def check_oneOf(self, schema, choices, value, where):
        found = [list(self.errors(choice, value, where)) for choice in choices]
        if sum(not errors for errors in found) != 1:
            yield min(found, key=len)[0] if all(found) else f"{where}: several of oneOf hold"


def check_closed(schema, where="schema"):
    """Every object of the schema says which properties there are."""
    if isinstance(schema, list):
        for i, part in enumerate(schema):
            check_closed(part, f"{where}[{i}]")
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        sys.exit(f"check_schema.py: error: {where}: an object without additionalProperties: false")
    for name, part in schema.items():
        check_closed(part, f"{where}.{name}")


def objects(value):
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from objects(part)


def damage(value, is_valid):
    """Counts changes that make a report invalid, and names those that do not."""
    refused, kept = 0, []
    for found in list(objects(value)):
        found["unknown property"] = 1
        if is_valid(value):
            sys.exit(f"check_schema.py: error: accepts an unknown property beside {sorted(found)}")
        del found["unknown property"]
        for name in list(found):
            old = found.pop(name)
            if is_valid(value):
                kept.append(name)
            else:
                refused += 1
            found[name] = old
    return refused, sorted(set(kept))


def main(args):
    is_damaged = args[0] == "--damage"
    schema_path, *paths = args[is_damaged:]
    with open(schema_path) as file:
        schema = json.load(file)
    check_closed(schema)
    checker = Checker(schema)
    try:
        from jsonschema import Draft202012Validator
        Draft202012Validator.check_schema(schema)
        reference = Draft202012Validator(schema).is_valid
    except ImportError:
        reference = None
    for path in paths:
        with open(path) as file:
            value = json.load(file)
        name = re.sub(".*/", "", path)
        errors = list(checker.errors(schema, value, "report"))
        if reference and reference(value) != (not errors):
            sys.exit(f"check_schema.py: error: jsonschema does not agree on {name}")
        if errors:
            sys.exit(f"{name}: {errors[0]}")
        print(f"{name}: valid")
        if is_damaged:
            refused, kept = damage(
                value, lambda value: next(checker.errors(schema, value, "report"), None) is None)
            print(f"{name}: {refused} properties are missed, optional: {kept}")


main(sys.argv[1:])
