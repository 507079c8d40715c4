"""What a publication consists of; rooms and publishers register their steps while the application starts.

A step plans, in the transaction that publishes, the outbox rows that it needs, and later delivers each of them outside
of any transaction. Stages run one after the other: 1 the portable record, 2 the PDF that carries it, 3 the Confluence
page and the Jira issues, 4 links between issues, 5 the Slack summary, which may link to all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance import outbox

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


Plan = Callable[["Publication"], Sequence[Planned]]


@dataclass(frozen=True)
class Step:
    """One step of every publication: ``kind`` names its deliveries, ``label`` names it to people."""

    kind: str
    label: str
    stage: int
    plan: Plan
    deliver: Callable[[Delivery], outbox.Outcome]


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Add a step, and name its handler to the outbox; the same kind again takes the place of the first."""
    _steps[step.kind] = step
    outbox.register(step.kind, step.deliver)


def steps() -> list[Step]:
    """Every step in the order of stages."""
    return sorted(_steps.values(), key=lambda step: (step.stage, step.kind))


def label_of(kind: str) -> str:
    """What people call a kind of delivery."""
    step = _steps.get(kind)
    return step.label if step else kind


def enqueue_all(publication: Publication) -> None:
    """Write the outbox rows of every step, in the caller's transaction."""
    for step in steps():
        for planned in step.plan(publication):
            outbox.enqueue(
                organization=publication.organization_id,
                group=publication.group,
                stage=step.stage,
                kind=step.kind,
                key=planned.key,
                payload=planned.payload,
            )
