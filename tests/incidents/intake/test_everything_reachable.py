"""Nothing that a sender tells is lost: each value of a payload can be read in an entry or in its masked payload."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from governance.models import Organization
from incidents.enums import ArrivalStatus, HookKind
from incidents.models import Arrival, Entry
from incidents.selectors.intake import masked_payload
from tests.incidents.hooks.test_sns import CERTIFICATES, NAME, TOPIC
from tests.incidents.intake.arriving import arrive, make_hook, read
from tests.incidents.intake.samples import SAMPLES, bytes_of, delivered

KINDS = [(kind, number) for kind, samples in SAMPLES.items() for number in range(len(samples))]
TOPIC_OPTIONS = {"topic_arn": TOPIC, "certificate": CERTIFICATES[NAME], "certificate_name": NAME}
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


def inside(kind: HookKind, envelope: str) -> str:
    """What a sender tells, as JSON; a topic tells it in the message of its envelope."""
    return str(json.loads(envelope)["Message"]) if kind == HookKind.AWS_SNS else envelope


@pytest.mark.parametrize(("kind", "number"), KINDS)
def test_each_value_of_a_delivery_can_be_read(
    organization: Organization, kind: HookKind, number: int
) -> None:
    sample = SAMPLES[kind][number]
    body = delivered(kind, bytes_of(sample))
    options = TOPIC_OPTIONS if kind == HookKind.AWS_SNS else {}
    arrival = read(arrive(make_hook(organization, kind, options=options), body=body))
    assert arrival.status not in (ArrivalStatus.WAITING, ArrivalStatus.READING)
    told, shown = "\n".join(Entry.objects.values_list("text", flat=True)), masked_payload(arrival)
    assert unreachable(json.loads(body), shown, told) == []
    assert unreachable(sample, inside(kind, shown), told) == []
    assert bytes(arrival.body or b"") == body


@pytest.mark.parametrize("number", range(len(SAMPLES[HookKind.AWS_SNS])))
def test_message_of_a_topic_is_believed_by_its_certificate_and_told_like_any_other(
    organization: Organization, client: Client, number: int
) -> None:
    hook = make_hook(organization, HookKind.AWS_SNS, options=TOPIC_OPTIONS)
    body = delivered(HookKind.AWS_SNS, bytes_of(SAMPLES[HookKind.AWS_SNS][number]))
    forged = json.dumps({**json.loads(body), "Message": "{}"})
    address = f"/hooks/{hook.token}/"
    assert client.post(address, forged, content_type="text/plain").status_code == 401
    assert client.post(address, body, content_type="text/plain").status_code == 202
    assert bytes(Arrival.objects.get().body or b"") == body


def test_value_that_is_gone_would_be_noticed() -> None:
    assert unreachable({"a": [{"b": 7}, "x"]}, '{"a": [{}, "x"]}', "") == [("/a/0/b", 7)]
