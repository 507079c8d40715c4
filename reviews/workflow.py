"""The one table of moves between the states of a review (invariant 6).

It feeds the buttons (``moves``) and the enforcement (``check``). Guards look at a ``Standing``, which is local state
only, and answer with the sentence that refuses the move, or with nothing. Putting a move into effect, under a lock, is
``services.moving.apply``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from governance.access import Permission
from governance.errors import InvalidTransition
from reviews.enums import ReviewState


class Standing(Protocol):
    """What the guards ask about a review; each is read when it is asked for."""

    @property
    def state(self) -> ReviewState: ...

    @property
    def open_questions(self) -> int:
        """How many questions have no answer."""
        ...

    @property
    def posts_missing(self) -> list[str]:
        """A sentence for each appointment without which nobody could sign."""
        ...

    @property
    def signatures_missing(self) -> list[str]:
        """Who has yet to sign, as words: ``the incident commander``, ``an owner of mysql``."""
        ...

    @property
    def signed_exactly(self) -> bool:
        """Whether every standing signature is on the text as it is now."""
        ...


Guard = Callable[[Standing], str]


@dataclass(frozen=True)
class Transition:
    """One move. ``permission`` empty: Afterword makes it by itself, as the result of what a person did."""

    name: str
    label: str
    sources: frozenset[ReviewState]
    target: ReviewState
    permission: frozenset[Permission]
    guard: Guard

    @property
    def by_person(self) -> bool:
        return bool(self.permission)


def _always(_standing: Standing) -> str:
    return ""


def _complete(standing: Standing) -> str:
    """A review goes to its signers when every question has an answer and there is somebody to sign."""
    if standing.open_questions:
        counted = (
            "One question is" if standing.open_questions == 1 else f"{standing.open_questions} questions are"
        )
        return f"{counted} open. Answer them, or say “Unknown, because …”."
    return " ".join(standing.posts_missing)


def _signed(standing: Standing) -> str:
    missing = standing.signatures_missing
    return f"{_sentence(missing)} must sign first." if missing else ""


def _signed_exactly(standing: Standing) -> str:
    if refusal := _signed(standing):
        return refusal
    return (
        ""
        if standing.signed_exactly
        else "The text is no longer the one that was signed. It must be signed again."
    )


def _sentence(names: list[str]) -> str:
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return joined[0].upper() + joined[1:]


_SIGNING = frozenset({Permission.SIGN_AS_COMMANDER, Permission.SIGN_AS_OWNER})
_DRAFTING, _IN_REVIEW, _CHANGES, _APPROVED, _PUBLISHED = (
    ReviewState.DRAFTING,
    ReviewState.IN_REVIEW,
    ReviewState.CHANGES_REQUESTED,
    ReviewState.APPROVED,
    ReviewState.PUBLISHED,
)

TRANSITIONS: dict[str, Transition] = {
    transition.name: transition
    for transition in (
        Transition(
            "submit",
            "Submit for signatures",
            frozenset({_DRAFTING, _CHANGES}),
            _IN_REVIEW,
            frozenset({Permission.SUBMIT_REVIEW}),
            _complete,
        ),
        Transition(
            "request_changes",
            "Request changes",
            frozenset({_IN_REVIEW, _APPROVED}),
            _CHANGES,
            frozenset({Permission.REQUEST_CHANGES}),
            _always,
        ),
        Transition("sign", "Read and sign", frozenset({_IN_REVIEW}), _IN_REVIEW, _SIGNING, _always),
        Transition(
            "approve", "All have signed", frozenset({_IN_REVIEW}), _APPROVED, frozenset(), _signed_exactly
        ),
        Transition("reopen", "The text changed", frozenset({_APPROVED}), _IN_REVIEW, frozenset(), _always),
        Transition(
            "publish",
            "Publish",
            frozenset({_APPROVED}),
            _PUBLISHED,
            frozenset({Permission.PUBLISH_REVIEW}),
            _signed_exactly,
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
