"""As much of JSON Schema (draft 2020-12) as the portable record's schema uses; any other keyword is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

ASIDE = {"$schema", "$defs", "title", "description", "type"}
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Where and how the value does not fit; a value of another type is not looked at further."""
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{at} is no {schema['type']}: {value!r:.80}"
        return
    for keyword, rule in schema.items():
        if keyword not in ASIDE:
            yield from _faults_of(keyword, rule, value, schema, root, at)


def _is(value: Any, name: str) -> bool:
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _faults_of(
    keyword: str, rule: Any, value: Any, schema: dict[str, Any], root: dict[str, Any], at: str
) -> Iterator[str]:
    match keyword:
        case "$ref":
            yield from faults(value, root["$defs"][rule.removeprefix("#/$defs/")], root, at)
        case "anyOf":
            if all(list(faults(value, one, root, at)) for one in rule):
                yield f"{at} fits none of the alternatives"
        case "properties":
            for name in rule.keys() & value.keys():
                yield from faults(value[name], rule[name], root, f"{at}.{name}")
        case "items":
            for position, item in enumerate(value):
                yield from faults(item, rule, root, f"{at}[{position}]")
        case _:
            if not _fits(keyword, rule, value, schema):
                yield f"{at} breaks {keyword} {rule!r}: {value!r:.80}"


def _fits(keyword: str, rule: Any, value: Any, schema: dict[str, Any]) -> bool:
    match keyword:
        case "const":
            return bool(value == rule)
        case "enum":
            return bool(value in rule)
        case "pattern":
            return re.search(rule, value) is not None
        case "minLength" | "minItems":
            return bool(len(value) >= rule)
        case "maxItems":
            return bool(len(value) <= rule)
        case "minimum":
            return bool(value >= rule)
        case "maximum":
            return bool(value <= rule)
        case "required":
            return bool(set(rule) <= value.keys())
        case "additionalProperties":
            return bool(rule is False and value.keys() <= schema["properties"].keys())
    raise AssertionError(f"the schema uses {keyword}, which is not known here")
