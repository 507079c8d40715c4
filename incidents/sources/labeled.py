"""What labels say a fact is about: those of alerts, of measured series, and the details that alerts carry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from incidents.sources.base import About, first_text
from incidents.sources.values import as_word, joined, word_of

SERVICES = ("service", "app", "component")
REGIONS = ("region", "zone", "datacenter", "cluster")
CUSTOMERS = ("tenant", "customer")
SEVERITIES = ("severity", "priority")
_JOB = "job"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def about_labels(labels: Any, fingerprint: str = "") -> About:
    """Services, region and customer by the names that labels usually have.

    A ``job`` is taken for a service only when nothing else names one, since it often names the exporter instead.
    """
    named = dict.fromkeys(found for key in SERVICES if (found := word_of(labels, key)))
    services = tuple(named) or tuple(filter(None, (word_of(labels, _JOB),)))
    return About(services, first_label(labels, REGIONS), first_label(labels, CUSTOMERS), fingerprint)


def first_label(labels: Any, names: Iterable[str]) -> str:
    """The first of the labels that says something."""
    return first_text(*(word_of(labels, name) for name in names))


def digest(*parts: Any) -> str:
    """Sixteen hexadecimal digits that stand for texts and for labels, in whatever order these were written."""
    plain = [_plain(part) if isinstance(part, Mapping) else as_word(part) for part in parts]
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _plain(labels: Mapping[str, Any]) -> dict[str, str]:
    return {key: as_word(value) for key, value in labels.items()}


def worded(name: str, told: str, severity: str) -> str:
    """``HighLatency: p99 above 2 s (critical)``: the name and the severity only where the words leave them out."""
    said = told.casefold()
    named = name if told and not any(word in said for word in _words(name)) else ""
    graded = f"({severity})" if severity and severity.casefold() not in said else ""
    return joined(joined(named, told or name, mark=": "), graded)


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(name)] or [name.casefold()]
