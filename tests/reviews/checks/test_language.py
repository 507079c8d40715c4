"""What counts as blame, as plain words, and as a bounded action; and what does not."""

from __future__ import annotations

import pytest

from reviews.checks import findings
from reviews.enums import CheckCode as C
from tests.reviews.checks.contents import item, says, spoiled


def found(code: C, text: str, key: str = "summary") -> list[str]:
    content = spoiled(says(key, text))
    return [one.what for one in findings(content, [code]) if not one.is_hint]


def hints(code: C, text: str, key: str = "summary") -> list[str]:
    content = spoiled(says(key, text))
    return [one.what for one in findings(content, [code]) if one.is_hint]


@pytest.mark.parametrize(
    "text",
    [
        "The cause was human error.",
        "Somebody should have known.",
        "The alert shouldn’t have been muted.",
        "It could have been prevented.",
        "It would have been caught by a test.",
        "If only the limit had been lower.",
        "The on-call engineer failed to check the dashboard.",
        "The team forgot to renew the certificate.",
        "A careless change was made.",
        "Mara Okafor mistakenly ran the script.",
        "Priya had then overlooked the warning.",
        "It was caused by Mara Okafor.",
        "Nobody failed to notice, they neglected to look.",
    ],
)
def test_words_that_judge_people_are_found(text: str) -> None:
    assert found(C.BLAME, text)


@pytest.mark.parametrize(
    "text",
    [
        "The primary failed to start.",
        "The failover failed to complete within 5 min.",
        "An alert said “operator error: you should have known”.",
        'The log showed "human error" twice.',
        "Mara Okafor reported that the deployment had failed.",
        "Up to 300 customers could have been affected.",
        "Priya Nair rolled the deployment back.",
        "The cache missed every request.",
        "The faulty disk was replaced.",
    ],
)
def test_facts_and_the_words_of_others_are_not_held_against_anybody(text: str) -> None:
    assert found(C.BLAME, text) == []


@pytest.mark.parametrize(
    ("text", "open_ones"),
    [
        ("The BGP session was closed.", 1),
        ("The Border Gateway Protocol (BGP) session was closed. The BGP peer was gone.", 0),
        ("BGP (Border Gateway Protocol) was restarted.", 0),
        ("The HTTP and DNS servers at 14:00 UTC.", 0),
        ("A message said “MLAG down”.", 0),
        ("The MLAG pair and the BGP peer were gone.", 1),
        ("See JIRA-1 and `MLAG`.", 0),
    ],
)
def test_acronym_is_explained_where_it_stands_first(text: str, open_ones: int) -> None:
    assert len(found(C.ACRONYMS, text)) == open_ones


def test_acronym_is_named_once_however_often_it_stands() -> None:
    content = spoiled(*(says("summary", f"The BGP session {number} was closed.") for number in range(5)))
    assert len(findings(content, [C.ACRONYMS])) == 1


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (C.OPINIONS, "Obviously the limit was too low."),
        (C.OPINIONS, "Unfortunately nobody was on call."),
        (C.SEVERITY_WORDS, "It was a total outage."),
        (C.SEVERITY_WORDS, "The region met a catastrophic failure."),
        (C.OUTSIDERS, "It should be noted that the queue was full."),
        (C.OUTSIDERS, "In order to mitigate, the queue was drained."),
    ],
)
def test_words_that_a_person_must_judge_are_hints(code: C, text: str) -> None:
    assert hints(code, text)
    assert found(code, text) == []
    assert hints(code, f"The log said “{text}”") == []


@pytest.mark.parametrize(
    "text",
    [
        "We will add a limit.",
        "The platform team needs to raise the quota.",
        "To prevent this, the limit was doubled.",
        "A second check should be introduced.",
    ],
)
def test_plan_among_the_telling_is_found_there_only(text: str) -> None:
    assert found(C.FIX_MIXED_IN, text)
    assert found(C.FIX_MIXED_IN, text, "lessons") == []


SOFT = "The dashboards look nicer to everybody"


@pytest.mark.parametrize(
    ("title", "criterion", "sure", "hint"),
    [
        ("Add a limit to the proxy", SOFT, 0, 0),
        ("Alert on failed payments", SOFT, 0, 0),
        ("Improve monitoring", SOFT, 1, 0),
        ("Improve monitoring", "An alert fires within 5 minutes of the first error", 0, 0),
        ("Investigate the memory leak", SOFT, 1, 0),
        ("Be more careful with deployments", SOFT, 1, 0),
        ("Monitor the queue", SOFT, 1, 0),
        ("Better dashboards for checkout", SOFT, 1, 0),
        ("The proxy gets a limit", SOFT, 1, 0),
        ("Documentation of the failover", SOFT, 1, 0),
        ("Quiesce replicas before the switch", SOFT, 0, 1),
        ("Fix it", SOFT, 1, 0),
        ("…", SOFT, 1, 0),
    ],
)
def test_action_begins_with_a_verb_and_ends_somewhere(
    title: str, criterion: str, sure: int, hint: int
) -> None:
    content = spoiled(
        lambda content: content.update(action_items=[item(1, title, verification_criterion=criterion)])
    )
    these = findings(content, [C.VAGUE_ACTION])
    assert (sum(not one.is_hint for one in these), sum(one.is_hint for one in these)) == (sure, hint)
