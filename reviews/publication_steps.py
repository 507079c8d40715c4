"""What a publication consists of; rooms and publishers register their steps while the application starts.

A step plans, in the transaction that publishes, the outbox rows that it needs, and later delivers each of them outside
of any transaction. Stages run one after the other: 1 the portable record, 2 the PDF that carries it, 3 the Confluence
page and the Jira issues, 4 links between issues, 5 the Slack summary, which may link to all of them.

A private incident is never copied outside: of its publication only the steps that stay in the house are planned, and a
step that was planned before it became private delivers nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance import outbox
from governance.errors import NotConnected
from incidents.models import Incident

KEPT_HERE = "Private: kept here. It can go out when the incident is opened to everybody."

if TYPE_CHECKING:
    from governance.models import Delivery
    from reviews.models import Publication


@dataclass(frozen=True)
class Planned:
    """One outbox row to be: its idempotency key, unique in the organization, and a payload of ids.

    ``about`` in the payload tells rows of one step apart for people: ``A2 needs A1``.
    """

    key: str
    payload: dict[str, Any] = field(default_factory=dict)


Deliver = Callable[["Delivery"], outbox.Outcome]
Plan = Callable[["Publication"], Sequence[Planned]]


@dataclass(frozen=True)
class Step:
    """One step of every publication: ``kind`` names its deliveries, ``label`` names it to people.

    ``stays`` says that nothing of it leaves this installation; only such steps are taken for a private incident.
    """

    kind: str
    label: str
    stage: int
    plan: Plan
    deliver: Deliver
    stays: bool = False


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Add a step, and name its handler to the outbox; the same kind again takes the place of the first."""
    _steps[step.kind] = step
    outbox.register(step.kind, step.deliver if step.stays else _unless_private(step.deliver))


def steps() -> list[Step]:
    """Every step in the order of stages."""
    return sorted(_steps.values(), key=lambda step: (step.stage, step.kind))


def label_of(kind: str) -> str:
    """What people call a kind of delivery."""
    step = _steps.get(kind)
    return step.label if step else kind


def enqueue_all(publication: Publication) -> None:
    """Write the outbox rows of every step that is taken, in the caller's transaction."""
    private = _is_private(publication.pk)
    for step in (one for one in steps() if one.stays or not private):
        for planned in step.plan(publication):
            outbox.enqueue(
                organization=publication.organization_id,
                group=publication.group,
                stage=step.stage,
                kind=step.kind,
                key=planned.key,
                payload=planned.payload,
            )


def _unless_private(deliver: Deliver) -> Deliver:
    """The handler, which refuses what became private after it was planned."""

    def guarded(delivery: Delivery) -> outbox.Outcome:
        if _is_private(delivery.payload.get("publication")):
            raise NotConnected(KEPT_HERE)
        return deliver(delivery)

    return guarded


def _is_private(publication_id: int | None) -> bool:
    found: bool = Incident.objects.filter(review__publications=publication_id, is_private=True).exists()
    return found
