"""What a chronology does not show is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from governance.enums import Role
from governance.models import Organization
from incidents import selectors
from incidents.enums import HookKind, SourceKind
from incidents.models import Incident, IntakePolicy
from incidents.services.hooks import create_hook
from tests.factories import make_entry, make_evidence, make_member

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)


def test_silences_are_named_between_their_entries(incident: Incident) -> None:
    first, second = make_entry(incident, START), make_entry(incident, START + timedelta(minutes=46))
    make_entry(incident, START + timedelta(minutes=50))
    [gap] = selectors.unseen(incident).gaps
    assert gap == (first.number, second.number, START, "46 min")


def test_length_of_a_silence_is_the_policys(incident: Incident) -> None:
    make_entry(incident, START)
    make_entry(incident, START + timedelta(minutes=46))
    IntakePolicy(organization=incident.organization, required={}, gap_minutes=120).save()
    found = selectors.unseen(incident)
    assert (found.gaps, found.gap) == ([], "2 h")


def test_many_silences_are_cut_short_and_it_says_so(incident: Incident) -> None:
    evidence = make_evidence(incident)
    for place in range(25):
        make_entry(incident, START + timedelta(hours=place), evidence=evidence)
    found = selectors.unseen(incident)
    assert (len(found.gaps), found.more_gaps) == (20, True)


def test_connected_source_that_told_nothing_is_silent_and_others_are_not_connected(
    incident: Incident, organization: Organization
) -> None:
    administrator = make_member(organization, Role.ADMINISTRATOR)
    for kind in (HookKind.PAGERDUTY, HookKind.SLACK):
        create_hook(
            actor=administrator, organization=organization, kind=kind, name=str(kind.label), secret="s" * 40
        )
    make_entry(incident, START, evidence=make_evidence(incident, kind=SourceKind.SLACK))
    found = selectors.unseen(incident)
    assert (found.silent, found.absent) == (["PagerDuty"], ["Alertmanager", "GitHub", "Log"])


def test_files_with_parts_that_were_not_read_are_named(incident: Incident) -> None:
    skipped = [{"location": "line 7", "reason": "It does not begin with a time."}]
    make_evidence(incident, filename="net.log", skipped=skipped)
    make_evidence(incident, filename="whole.log")
    assert selectors.unseen(incident).skipped == [("net.log", "Log", 1)]
