"""Nothing that a sender tells is lost: each value of a payload can be read in an entry or in its masked payload."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from governance.models import Organization
from incidents.enums import ArrivalStatus, HookKind
from incidents.models import Entry
from incidents.selectors.intake import masked_payload
from tests.incidents.intake.arriving import arrive, make_hook, read
from tests.incidents.intake.samples import SAMPLES, bytes_of

# A topic's message is a delivery of EventBridge's in an envelope; making its address needs a certificate.
KINDS = [
    (kind, number)
    for kind, samples in SAMPLES.items()
    if kind != HookKind.AWS_SNS
    for number in range(len(samples))
]
MARK = re.compile("⟦[^⟦⟧]+⟧")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value at the ends of a document, with the way to it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inside:
        yield from leaves(held, f"{path}/{key}")
    if not isinstance(value, (dict, list)):
        yield path, value


def unreachable(document: Any, shown: str, told: str) -> list[tuple[str, Any]]:
    """The values that are neither in the payload as it is shown, nor in an entry, nor marked in their place."""
    kept = dict(leaves(json.loads(shown)))
    return [
        (path, leaf)
        for path, leaf in leaves(document)
        if kept.get(path) != leaf and str(leaf) not in told and not MARK.search(str(kept.get(path)))
    ]


@pytest.mark.parametrize(("kind", "number"), KINDS)
def test_each_value_of_a_delivery_can_be_read(
    organization: Organization, kind: HookKind, number: int
) -> None:
    sample = SAMPLES[kind][number]
    arrival = read(arrive(make_hook(organization, kind), body=bytes_of(sample)))
    assert arrival.status not in (ArrivalStatus.WAITING, ArrivalStatus.READING)
    told = "\n".join(Entry.objects.values_list("text", flat=True))
    assert unreachable(sample, masked_payload(arrival), told) == []
    assert bytes(arrival.body or b"") == bytes_of(sample)


def test_value_that_is_gone_would_be_noticed() -> None:
    assert unreachable({"a": [{"b": 7}, "x"]}, '{"a": [{}, "x"]}', "") == [("/a/0/b", 7)]
