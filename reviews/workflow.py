"""The one table of moves between the states of a review (invariant 6).

It feeds the buttons (``moves``), the enforcement (``check``) and the diagram in the documentation (``diagram``). Guards
look at a ``Standing``, which is local state only, and answer with the sentence that refuses the move, or with nothing.
Putting a move into effect, under a lock, is ``services.moving.apply``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from governance.access import Permission
from governance.errors import InvalidTransition
from reviews.enums import ReviewState
from reviews.guards import Guard, Standing, always, complete, publishable, signed_exactly


@dataclass(frozen=True)
class Transition:
    """One move; ``sources`` stand in the order of the states.

    ``permission`` empty: Afterword makes it by itself, as the result of what a person did. ``asks`` says that the
    person gives a reason.
    """

    name: str
    label: str
    sources: tuple[ReviewState, ...]
    target: ReviewState
    permission: frozenset[Permission] = frozenset()
    guard: Guard = always
    asks: bool = False

    @property
    def by_person(self) -> bool:
        return bool(self.permission)


_SIGNING = frozenset(
    {
        Permission.SIGN_AS_COMMANDER,
        Permission.SIGN_AS_OWNER,
        Permission.SIGN_AS_MANAGER,
        Permission.SIGN_AS_SECURITY,
    }
)
_DRAFTING, _IN_REVIEW, _CHANGES, _APPROVED, _PUBLISHED, _SUPERSEDED, _WITHDRAWN = ReviewState
_LIVING = (_DRAFTING, _IN_REVIEW, _CHANGES, _APPROVED, _PUBLISHED)

TRANSITIONS: dict[str, Transition] = {
    transition.name: transition
    for transition in (
        Transition(
            "submit",
            "Submit for signatures",
            (_DRAFTING, _CHANGES),
            _IN_REVIEW,
            frozenset({Permission.SUBMIT_REVIEW}),
            complete,
        ),
        Transition(
            "request_changes",
            "Request changes",
            (_IN_REVIEW, _APPROVED),
            _CHANGES,
            frozenset({Permission.REQUEST_CHANGES}),
            asks=True,
        ),
        Transition("sign", "Read and sign", (_IN_REVIEW,), _IN_REVIEW, _SIGNING),
        Transition("approve", "All have signed", (_IN_REVIEW,), _APPROVED, guard=signed_exactly),
        Transition("reopen", "A signature no longer stands", (_APPROVED,), _IN_REVIEW),
        Transition(
            "publish",
            "Publish",
            (_APPROVED,),
            _PUBLISHED,
            frozenset({Permission.PUBLISH_REVIEW}),
            publishable,
        ),
        Transition(
            "revise",
            "Open it again",
            (_PUBLISHED,),
            _DRAFTING,
            frozenset({Permission.REVISE_REVIEW}),
            asks=True,
        ),
        Transition(
            "supersede",
            "Replace by another review",
            _LIVING,
            _SUPERSEDED,
            frozenset({Permission.WITHDRAW_REVIEW}),
            asks=True,
        ),
        Transition(
            "withdraw", "Withdraw", _LIVING, _WITHDRAWN, frozenset({Permission.WITHDRAW_REVIEW}), asks=True
        ),
    )
}


@dataclass(frozen=True)
class Move:
    """A move that a person may make from here; ``refusal`` says what stands in its way, if anything does."""

    transition: Transition
    refusal: str

    @property
    def name(self) -> str:
        return self.transition.name

    @property
    def label(self) -> str:
        return self.transition.label

    @property
    def possible(self) -> bool:
        return not self.refusal


def moves(standing: Standing, rights: frozenset[Permission]) -> Iterator[Move]:
    """The moves out of the present state that somebody with these rights in this review may make."""
    for transition in TRANSITIONS.values():
        if standing.state in transition.sources and transition.permission & rights:
            yield Move(transition, transition.guard(standing))


def check(name: str, standing: Standing) -> Transition:
    """The transition, when it is legal now; raises ``InvalidTransition`` with a sentence."""
    transition = TRANSITIONS[name]
    if standing.state not in transition.sources:
        raise InvalidTransition(
            f"“{transition.label}” is not possible while the review is “{standing.state.label.lower()}”. "
            "Reload the page to see where it stands."
        )
    if refusal := transition.guard(standing):
        raise InvalidTransition(refusal)
    return transition


def diagram() -> str:
    """The table as a Mermaid state diagram; moves that Afterword makes by itself are in brackets."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in ReviewState]
    lines.append(f"    [*] --> {_DRAFTING.value}: Draft from the chronology")
    for transition in TRANSITIONS.values():
        label = transition.label if transition.by_person else f"({transition.label})"
        lines += [
            f"    {source.value} --> {transition.target.value}: {label}" for source in transition.sources
        ]
    lines += [f"    {state.value} --> [*]" for state in (_SUPERSEDED, _WITHDRAWN)]
    return "\n".join(lines)
