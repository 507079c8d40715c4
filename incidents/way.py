"""The way of an incident, from chronology to follow-through, as the steps that every page of it shows."""

from __future__ import annotations

from typing import TypedDict

from django.urls import reverse

from incidents.models import Incident


class Step(TypedDict):
    """One step: ``state`` is ``done``, ``now`` or ``later``; ``url`` is empty for what is not there yet."""

    label: str
    state: str
    url: str


LABELS = ("Chronology", "Draft", "In review", "Signed", "Published", "Followed through")
# The review's state, read by name because its vocabulary belongs to a room above.
_REACHED = {"": 0, "drafting": 1, "changes_requested": 1, "in_review": 2, "approved": 3, "published": 5}


def steps(incident: Incident, org: str) -> list[Step]:
    """The six steps with the one that the incident stands at; one query unless ``review`` was joined."""
    state = getattr(getattr(incident, "review", None), "state", "")
    now = _REACHED.get(state, 0)
    return [
        Step(
            label=label,
            state="done" if position < now else "now" if position == now else "later",
            url=_url(position, now, org, incident.reference),
        )
        for position, label in enumerate(LABELS)
    ]


def _url(position: int, now: int, org: str, reference: str) -> str:
    if position == 0:
        return reverse("incidents:detail", args=[org, reference])
    if position > now:
        return ""
    if position == 4:
        return reverse("reviews:publication", args=[org, reference])
    return reverse("reviews:detail", args=[org, reference])
