"""Facts for tests: one at a time, and drawn by hypothesis from few words so that likeness and repeats are common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from incidents.analysis.facts import Fact
from incidents.enums import Lane, Precision, SourceKind, Trust

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LANES = {
    SourceKind.ALERTMANAGER: Lane.ALERT,
    SourceKind.GRAFANA: Lane.ALERT,
    SourceKind.PAGERDUTY: Lane.ALERT,
    SourceKind.SLACK: Lane.CHAT,
    SourceKind.STATUSPAGE: Lane.STATUS,
    SourceKind.LOG: Lane.LOG,
    SourceKind.DEPLOY: Lane.CHANGE,
}
TEXTS = (
    "Checkout latency above two seconds in eu-west",
    "Checkout latency above two seconds in eu-west, page opened",
    "Resolved: Checkout latency above two seconds in eu-west",
    "Payment queue grows faster than workers drain",
    "Acknowledged by Noor Haddad",
    "We are investigating failed payments",
    "The release was rolled back, we are monitoring",
    "This incident has been resolved",
    "First errors seen by customers",
    "Lunch?",
)


def fact(number: int, seconds: float, text: str, source: str = SourceKind.LOG, **fields: Any) -> Fact:
    """An entry ``seconds`` after ``START``, in the usual lane of its source."""
    by_person = source in ("", SourceKind.SLACK)
    made = Fact(
        number=number,
        at=START + timedelta(seconds=seconds),
        text=text,
        lane=LANES.get(SourceKind(source), Lane.ACTION) if source else Lane.STATEMENT,
        actor="",
        trust=Trust.REPORTED if by_person else Trust.OBSERVED,
        precision=Precision.SECOND,
        source=source,
        evidence=1,
        fingerprint="",
        services=(),
        highlighted=False,
    )
    return made._replace(**fields)


@st.composite
def chronologies(draw: st.DrawFn) -> list[Fact]:
    """Up to 25 facts of few texts, sources and fingerprints within about 40 minutes, with numbers of their own."""
    count = draw(st.integers(0, 25))
    return [
        fact(
            number,
            draw(st.integers(0, 2400)),
            draw(st.sampled_from(TEXTS)),
            draw(st.sampled_from([*LANES, ""])),
            evidence=draw(st.integers(0, 3)),
            fingerprint=draw(st.sampled_from(["", "alert a", "alert b"])),
            precision=draw(
                st.sampled_from([Precision.SECOND, Precision.SECOND, Precision.MINUTE, Precision.DAY])
            ),
            highlighted=draw(st.integers(0, 9)) == 0,
        )
        for number in range(1, count + 1)
    ]


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[Fact], list[Fact]]:
    """One chronology in two orders."""
    facts = draw(chronologies())
    return facts, draw(st.permutations(facts))
