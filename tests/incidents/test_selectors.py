"""Reading the chronology as rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import Http404

from governance.models import Organization, User
from incidents import selectors, services
from incidents.enums import Lane, MilestoneKind, Precision, SourceKind
from incidents.lanes import Window
from incidents.models import Incident, IntakePolicy, Measured
from tests.factories import (
    make_entry,
    make_evidence,
    make_incident,
    make_member,
    make_organization,
    make_service,
)

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)


def texts(incident: Incident, **view: Any) -> list[str]:
    return [row.text for row in selectors.chronology_page(incident, selectors.View(**view)).rows]


def whole(incident: Incident) -> Window:
    window = selectors.span_of(incident, {})
    assert window is not None
    return window


def test_pages_follow_each_other_without_loss(incident: Incident) -> None:
    for place in range(25):
        make_entry(incident, START + timedelta(seconds=place // 4), f"fact {place}")
    seen: list[str] = []
    after = None
    while True:
        page = selectors.chronology_page(incident, after=after, limit=4)
        assert page.total == 25
        seen += [row.text for row in page.rows]
        after = page.after
        if after is None:
            break
    assert seen == [f"fact {place}" for place in range(25)]


def test_pages_lead_backward_as_well_without_loss(incident: Incident) -> None:
    entries = [
        make_entry(incident, START + timedelta(seconds=place // 4), f"fact {place}") for place in range(25)
    ]
    page = selectors.chronology_page(incident, at=entries[20].number, limit=6)
    assert page.total == 25
    assert [row.text for row in page.rows] == [f"fact {place}" for place in range(17, 23)]
    assert page.after == entries[22].number
    seen = [row.text for row in page.rows]
    while page.before is not None:
        page = selectors.chronology_page(incident, before=page.before, limit=4)
        seen = [row.text for row in page.rows] + seen
    assert seen == [f"fact {place}" for place in range(23)]


def test_entry_that_is_not_there_opens_the_start(incident: Incident) -> None:
    make_entry(incident, START, "first")
    assert [row.text for row in selectors.chronology_page(incident, at=999_999).rows] == ["first"]


def test_day_of_what_follows_stands_behind_an_earlier_stretch(incident: Incident) -> None:
    make_entry(incident, START, "evening")
    later = make_entry(incident, START + timedelta(hours=3), "night")
    page = selectors.chronology_page(incident, before=later.number)
    assert (page.rows[0].day, page.next_day) == ("Sunday 21 October 2018", "Monday 22 October 2018")
    same = make_entry(incident, START + timedelta(hours=4), "later that night")
    assert selectors.chronology_page(incident, before=same.number).next_day == ""


def test_folded_entries_are_counted_where_they_stand(incident: Incident, responder: User) -> None:
    first, *rest = (make_entry(incident, START + timedelta(minutes=at), f"alert {at}") for at in (2, 5, 9))
    rest[-1].times_seen, rest[-1].last_at = 44, START + timedelta(minutes=9)
    rest[-1].save()
    services.merge_entries(
        actor=responder, incident=incident, numbers=[first.number, *(one.number for one in rest)]
    )
    [row] = selectors.chronology_page(incident).rows
    assert row.folded == "folded 46, 22:54–23:01"
    assert selectors.counts(incident) == {"all": 1, "highlights": 0, "hidden": 0}


def test_entry_seen_once_is_not_folded(incident: Incident) -> None:
    make_entry(incident, START)
    assert selectors.chronology_page(incident).rows[0].folded == ""


def test_gap_is_as_long_as_the_policy_says(incident: Incident) -> None:
    make_entry(incident, START)
    make_entry(incident, START + timedelta(minutes=46))
    IntakePolicy(organization=incident.organization, required={}, gap_minutes=60).save()
    assert not selectors.chronology_page(incident).rows[1].silence


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("service:mysql", ["primary down"]),
        ("service:MySQL", ["primary down"]),
        ("service:my", []),
        ('tag:"needs review"', ["primary down"]),
        ("kind:alert", ["primary down"]),
        ("kind:statement", []),
        ("level:err", ["primary down"]),
        ('"y dow"', ["primary down"]),
        ("source: primary", ["primary down"]),
        ("SOURCE:log web", ["web slow"]),
    ],
)
def test_filter_speaks_of_services_tags_kinds_and_levels(
    incident: Incident, q: str, found: list[str]
) -> None:
    make_entry(
        incident,
        START,
        "primary down",
        lane=Lane.ALERT,
        services=["mysql"],
        tags=["needs review"],
        level="error",
    )
    make_entry(incident, START, "web slow", services=["web"])
    assert texts(incident, q=q) == found


def test_filter_by_time_service_and_kind(incident: Incident) -> None:
    make_entry(incident, START, "early", services=["web"])
    make_entry(incident, START + timedelta(hours=1), "late", lane=Lane.ALERT)
    assert texts(incident, start=START + timedelta(minutes=1)) == ["late"]
    assert texts(incident, end=START) == ["early"]
    assert texts(incident, service="web") == ["early"]
    assert texts(incident, lane="alert") == ["late"]


def test_filter_offers_what_entries_name(incident: Incident) -> None:
    make_entry(incident, START, services=["web", "mysql"])
    choices = selectors.choices_of(incident)
    assert choices.services == ["mysql", "web"]
    assert choices.sources == [("log", "Log"), ("statement", "Statements")]


def test_measured_series_is_drawn_under_the_lanes(incident: Incident) -> None:
    entry = make_entry(incident, START, lane=Lane.METRIC)
    make_entry(incident, START + timedelta(hours=1))
    points = [[START.timestamp() + 60 * minute, minute] for minute in range(30)]
    Measured(organization=incident.organization, entry=entry, name="Errors", points=[*points, "odd"]).save()
    window = whole(incident)
    [series] = selectors.series_of(incident, window)
    assert (series.name, len(series.samples)) == ("Errors", 30)
    drawing = selectors.draw_lanes(incident, selectors.lane_points(incident, window), {}, window, [series])
    assert "Errors: 0 to 29" in drawing


def test_order_is_by_instant_whatever_came_first(incident: Incident) -> None:
    make_entry(incident, START + timedelta(minutes=2), "later")
    make_entry(incident, START, "earlier")
    assert texts(incident) == ["earlier", "later"]


def test_words_of_a_row(incident: Incident, responder: User) -> None:
    evidence = make_evidence(incident, kind=SourceKind.SLACK)
    first = make_entry(incident, START, "Link lost")
    make_entry(
        incident,
        START + timedelta(minutes=7, seconds=5),
        "Seen",
        evidence=evidence,
        actor="Mara",
        lane=Lane.CHAT,
    )
    services.set_milestone(actor=responder, incident=incident, kind=MilestoneKind.IMPACT_STARTED, entry=first)
    one, two = selectors.chronology_page(incident).rows
    assert (one.clock, one.elapsed, one.milestones, one.day) == (
        "22:52", "+0 min", ["Impact started"], "Sunday 21 October 2018",
    )  # fmt: skip
    assert (two.clock, two.elapsed, two.source, two.actor, two.day) == (
        "22:59:05",
        "+7 min",
        "Slack",
        "Mara",
        "",
    )


def test_entry_exact_to_the_day_claims_no_clock(incident: Incident) -> None:
    make_entry(incident, START.replace(hour=0, minute=0), precision=Precision.DAY)
    assert selectors.chronology_page(incident).rows[0].clock == "that day"


def test_silence_is_named_with_the_sources_that_are_missing(incident: Incident) -> None:
    evidence = make_evidence(incident, kind=SourceKind.SLACK)
    make_entry(incident, START, evidence=evidence)
    make_entry(incident, START + timedelta(minutes=46), evidence=evidence)
    row = selectors.chronology_page(incident).rows[1]
    assert row.silence.startswith("46 min without an entry. Sources imported: Slack. Not imported: PagerDuty")


def test_silence_across_pages_is_named_and_in_a_filter_it_is_not(incident: Incident) -> None:
    first = make_entry(incident, START, "a fact")
    make_entry(incident, START + timedelta(minutes=46), "a fact too")
    assert selectors.chronology_page(incident, after=first.number).rows[0].silence
    assert not any(row.silence for row in selectors.chronology_page(incident, selectors.View(q="fact")).rows)


def test_filter_by_text_person_and_source(incident: Incident) -> None:
    slack = make_evidence(incident, kind=SourceKind.SLACK)
    make_entry(incident, START, "Restore runs", evidence=slack, actor="Kit Harlow")
    make_entry(incident, START, "Restore done", actor="restore job")
    assert texts(incident, q="restore runs") == ["Restore runs"]
    assert texts(incident, q="person:kit") == ["Restore runs"]
    assert texts(incident, q="source:slack restore") == ["Restore runs"]
    assert texts(incident, source="log") == ["Restore done"]
    assert texts(incident, q="100%_") == []


def test_hidden_entries_stand_apart(incident: Incident, responder: User) -> None:
    entry = make_entry(incident, START, "noise")
    make_entry(incident, START, "signal", highlighted=True)
    services.hide_entry(actor=responder, entry=entry, reason="Another cluster")
    assert texts(incident) == texts(incident, show="highlights") == ["signal"]
    [row] = selectors.chronology_page(incident, selectors.View(show="hidden")).rows
    assert (row.text, row.hidden_reason) == ("noise", "Another cluster")
    assert selectors.counts(incident) == {"all": 1, "highlights": 1, "hidden": 1}


def test_other_organizations_incident_is_not_found(organization: Organization) -> None:
    incident = make_incident(organization)
    stranger = make_member(make_organization())
    with pytest.raises(Http404):
        selectors.incident_or_404(stranger, incident.reference)


def test_services_come_with_their_owners(organization: Organization, responder: User) -> None:
    service = make_service(organization, "mysql", owner=responder)
    assert selectors.services_with_owners(responder) == [(service, [responder])]


def test_long_chronology_is_gathered_for_the_drawing_without_losing_an_entry(incident: Incident) -> None:
    evidence = make_evidence(incident)
    for place in range(400):
        lane = Lane.LOG if place % 4 else Lane.ALERT
        make_entry(incident, START + timedelta(seconds=90 * place), lane=lane, evidence=evidence)
    points = selectors.lane_points(incident, whole(incident))
    assert len(points) < 200
    assert sum(point.size for point in points) == 400
    assert points == sorted(points, key=lambda point: (point.at, point.number))
    alerts, logs = selectors.lane_table(points)
    assert (alerts["count"], logs["count"]) == ("100", "300")
    assert (alerts["first"], logs["last"]) == ("21 Oct 2018 22:52", "22 Oct 2018 08:50")


def test_hidden_entries_are_not_drawn(incident: Incident) -> None:
    assert selectors.swim_lanes(incident) == ""
    make_entry(incident, START, hidden=True, hidden_reason="noise")
    assert selectors.swim_lanes(incident) == ""
    make_entry(incident, START)
    assert selectors.swim_lanes(incident).count("<path") == 1
