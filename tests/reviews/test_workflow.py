"""One table: what is drawn as a button is what is enforced."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from config.env import ROOT
from governance.access import Permission
from governance.errors import InvalidTransition
from reviews.enums import ReviewState
from reviews.workflow import TRANSITIONS, check, diagram, moves


@dataclass
class Standing:
    """A review as a guard sees it, in plain values."""

    state: ReviewState
    open_questions: int = 0
    sections_missing: list[str] = field(default_factory=list)
    posts_missing: list[str] = field(default_factory=list)
    signatures_missing: list[str] = field(default_factory=list)
    signed_exactly: bool = True
    comments_holding: int = 0
    checks_holding: list[str] = field(default_factory=list)
    people_missing: str = ""


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


def test_a_publication_is_left_only_by_a_decision_with_a_reason() -> None:
    left = list(moves(Standing(ReviewState.PUBLISHED), EVERYTHING))
    assert [move.name for move in left] == ["revise", "supersede", "withdraw"]
    assert all(move.transition.asks for move in left)
    assert not [
        one for one in TRANSITIONS.values() if not one.by_person and ReviewState.PUBLISHED in one.sources
    ]


@pytest.mark.parametrize("state", [ReviewState.SUPERSEDED, ReviewState.WITHDRAWN])
def test_nothing_leads_out_of_what_was_replaced_or_withdrawn(state: ReviewState) -> None:
    assert list(moves(Standing(state), EVERYTHING)) == []
    assert all(state not in transition.sources for transition in TRANSITIONS.values())


def test_only_the_approved_text_is_published() -> None:
    assert TRANSITIONS["publish"].sources == (ReviewState.APPROVED,)
    assert [name for name, one in TRANSITIONS.items() if one.target == ReviewState.PUBLISHED] == ["publish"]


def test_every_state_is_reached_and_drawn() -> None:
    targets = {one.target for one in TRANSITIONS.values()}
    assert targets == set(ReviewState)
    drawn = diagram()
    assert "published --> drafting: Open it again" in drawn
    assert "approved --> in_review: (A signature no longer stands)" in drawn
    assert drawn.count(" --> ") == 1 + 2 + sum(len(one.sources) for one in TRANSITIONS.values())


def test_the_diagram_of_the_documentation_is_drawn_from_the_table() -> None:
    text = (ROOT / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram()}\n```" in text


@pytest.mark.parametrize(
    ("standing", "sentence"),
    [
        (Standing(ReviewState.DRAFTING, open_questions=1), "One question is open"),
        (Standing(ReviewState.DRAFTING, open_questions=3), "3 questions are open"),
        (Standing(ReviewState.DRAFTING, posts_missing=["Nobody owns mysql."]), "Nobody owns mysql."),
        (Standing(ReviewState.DRAFTING, comments_holding=1), "One comment is open. Answer and resolve"),
        (Standing(ReviewState.DRAFTING, checks_holding=["Factor 1 is bold: cite."]), "Factor 1 is bold"),
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
    with pytest.raises(InvalidTransition, match="Two people"):
        check("publish", Standing(ReviewState.APPROVED, people_missing="Two people must."))
    with pytest.raises(InvalidTransition, match="a check holds"):
        check("publish", Standing(ReviewState.APPROVED, checks_holding=["a check holds"]))


def test_moves_are_only_for_those_with_the_right() -> None:
    offered = [
        move.name for move in moves(Standing(ReviewState.IN_REVIEW), frozenset({Permission.REQUEST_CHANGES}))
    ]
    assert offered == ["request_changes"]
    assert list(moves(Standing(ReviewState.IN_REVIEW), frozenset())) == []


def test_moves_that_happen_by_themselves_are_no_buttons() -> None:
    names = {name for name, transition in TRANSITIONS.items() if not transition.by_person}
    assert names == {"approve", "reopen"}
