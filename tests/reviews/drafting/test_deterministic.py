"""The same evidence gives the same draft, in whatever order it was gathered, and every sentence of it is borne."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.enums import Lane, MilestoneKind
from reviews.checks import unsupported
from reviews.drafting import Fact, Material, Silence, draft
from reviews.passages import parse

START = datetime(2024, 5, 1, 23, 40, tzinfo=UTC)
TEXTS = (
    "Deployed proxy 2.1",
    "Customers report 502 errors",
    "Error rate is over its limit",
    "Resolved: Error rate is over its limit",
    "Rolled back proxy 2.1 to 2.0",
    "DNS answers are slow; restarted the resolver",
    "The access key of the job was rotated",
    "All is well again",
    "“Root cause: DNS.” [E1] *bold*",
)


@st.composite
def materials(draw: st.DrawFn) -> Material:
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 400),
                st.sampled_from(TEXTS),
                st.sampled_from(list(Lane)),
                st.sampled_from(["", "Kit Harlow"]),
                st.booleans(),
            ),
            min_size=1,
            max_size=14,
            unique_by=lambda row: row[0],
        )
    )
    facts = sorted(
        (
            Fact(number, START + timedelta(minutes=minute), text, lane, actor, marked, bool(actor))
            for number, (minute, text, lane, actor, marked) in enumerate(rows, 1)
        ),
        key=lambda one: (one.at, one.number),
    )
    kinds = draw(st.lists(st.sampled_from(list(MilestoneKind)), unique=True, max_size=5))
    marks = {kind: draw(st.sampled_from(facts)) for kind in kinds}
    silences = tuple(
        Silence(earlier, later)
        for earlier, later in itertools.pairwise(facts)
        if later.at - earlier.at > timedelta(minutes=30)
    )
    return Material(tuple(facts), marks, silences)


@settings(max_examples=150, deadline=None)
@given(materials(), st.randoms(use_true_random=False))
def test_draft_does_not_depend_on_the_order_of_what_was_gathered(material: Material, random: object) -> None:
    marks = list(material.milestones.items())
    random.shuffle(marks)  # type: ignore[attr-defined]
    silences = list(material.silences)
    random.shuffle(silences)  # type: ignore[attr-defined]
    facts = list(material.facts)
    random.shuffle(facts)  # type: ignore[attr-defined]
    again = Material(tuple(facts), dict(marks), tuple(silences))
    assert draft(again) == draft(material)


@settings(max_examples=150, deadline=None)
@given(materials())
def test_every_sentence_is_borne_by_what_it_cites(material: Material) -> None:
    facts = {fact.number: fact for fact in material.facts}
    for body in draft(material).sections.values():
        for sentence in (one for block in parse(body) for one in block.sentences):
            cited = [facts[number] for number in sentence.citations]
            assert cited, sentence.text
            assert unsupported(sentence.text, cited) == [], sentence.text
