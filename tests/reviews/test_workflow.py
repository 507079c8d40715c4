"""One table: what is drawn as a button is what is enforced."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from governance.access import Permission
from governance.errors import InvalidTransition
from reviews.enums import ReviewState
from reviews.workflow import TRANSITIONS, check, moves


@dataclass
class Standing:
    """A review as a guard sees it, in plain values."""

    state: ReviewState
    open_questions: int = 0
    posts_missing: list[str] = field(default_factory=list)
    signatures_missing: list[str] = field(default_factory=list)
    signed_exactly: bool = True


EVERYTHING = frozenset(Permission)


@pytest.mark.parametrize("state", list(ReviewState))
def test_buttons_are_the_moves_that_are_enforced(state: ReviewState) -> None:
    offered = {move.name for move in moves(Standing(state), EVERYTHING) if move.possible}
    enforced = set()
    for name, transition in TRANSITIONS.items():
        try:
            check(name, Standing(state))
        except InvalidTransition:
            continue
        if transition.by_person:
            enforced.add(name)
    assert offered == enforced


def test_nothing_leads_out_of_a_publication() -> None:
    assert list(moves(Standing(ReviewState.PUBLISHED), EVERYTHING)) == []
    assert all(ReviewState.PUBLISHED not in transition.sources for transition in TRANSITIONS.values())


def test_only_the_approved_text_is_published() -> None:
    assert TRANSITIONS["publish"].sources == {ReviewState.APPROVED}
    assert [name for name, one in TRANSITIONS.items() if one.target == ReviewState.PUBLISHED] == ["publish"]


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        (Standing(ReviewState.DRAFTING, open_questions=1), "One question is open"),
        (Standing(ReviewState.DRAFTING, open_questions=3), "3 questions are open"),
        (Standing(ReviewState.DRAFTING, posts_missing=["Nobody owns mysql."]), "Nobody owns mysql."),
        (Standing(ReviewState.IN_REVIEW), "not possible while the review is “in review”"),
    ],
)
def test_submission_is_refused_with_a_sentence(standing: Standing, sentence: str) -> None:
    with pytest.raises(InvalidTransition, match=sentence):
        check("submit", standing)


def test_publication_is_refused_while_somebody_has_to_sign() -> None:
    waiting = Standing(
        ReviewState.APPROVED, signatures_missing=["the incident commander", "an owner of mysql"]
    )
    with pytest.raises(
        InvalidTransition, match="The incident commander and an owner of mysql must sign first"
    ):
        check("publish", waiting)
    with pytest.raises(InvalidTransition, match="no longer the one that was signed"):
        check("publish", Standing(ReviewState.APPROVED, signed_exactly=False))


def test_moves_are_only_for_those_with_the_right() -> None:
    offered = [
        move.name for move in moves(Standing(ReviewState.IN_REVIEW), frozenset({Permission.REQUEST_CHANGES}))
    ]
    assert offered == ["request_changes"]
    assert list(moves(Standing(ReviewState.IN_REVIEW), frozenset())) == []


def test_moves_that_happen_by_themselves_are_no_buttons() -> None:
    names = {name for name, transition in TRANSITIONS.items() if not transition.by_person}
    assert names == {"approve", "reopen"}
