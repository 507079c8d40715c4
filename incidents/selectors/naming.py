"""Names of services and metrics as sources write them, made such that they can be compared and stand in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from incidents.analysis.origins import names
from incidents.sources.labeled import SERVICES

MOST_WORDS = 8
_NAME = re.compile(r"[\w(][\w .:/@+%=,()-]{0,119}")


def metric_name(name: str) -> str:
    """The name of a series without the labels that name its service, so that services can be compared by it."""
    title, bracket, labels = name.removesuffix(")").partition(" (")
    if not bracket or not name.endswith(")"):
        return plain_name(name)
    kept = [one for one in labels.split(", ") if one.partition("=")[0] not in (*SERVICES, "job")]
    return plain_name(f"{title} ({', '.join(kept)})" if kept else title)


def plain_name(name: str) -> str:
    """A name that is safe to stand in a sentence without quotation marks; empty for one that is a text itself."""
    words = " ".join(name.split())
    return words if _NAME.fullmatch(words) and len(words.split()) <= MOST_WORDS else ""


def owner_of(program: str, known: Set[str]) -> str:
    """The service that a program's name tells (``cognito.errors`` belongs to ``cognito-service``), else the program."""
    name = plain_name(program)
    return name if name in known else named_in(name, known) or name


def named_in(name: str, services: Iterable[str]) -> str:
    """The service that the name of a series or of a program holds; empty for none of them."""
    return next((one for one in sorted(services) if names(name, one)), "")
