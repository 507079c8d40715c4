"""What a chronology does not show is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse

from governance.enums import ConnectionKind, Role
from governance.models import Connection, Organization, User
from incidents import selectors
from incidents.enums import HookKind, SourceKind
from incidents.models import Incident, IntakePolicy
from incidents.selectors.systems import ASKABLE
from incidents.services.hooks import create_hook
from incidents.services.pulling import PULLERS
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


def connect(organization: Organization, *kinds: ConnectionKind, is_active: bool = True) -> None:
    for kind in kinds:
        Connection(
            organization=organization,
            kind=kind,
            base_url="https://outside.test/",
            secret="a secret",
            is_active=is_active,
        ).save()


def test_systems_that_could_have_been_asked_are_connected_or_not(
    incident: Incident, organization: Organization
) -> None:
    connect(organization, ConnectionKind.LOKI, ConnectionKind.JIRA, ConnectionKind.CONFLUENCE)
    connect(organization, ConnectionKind.PROMETHEUS, is_active=False)
    make_entry(incident, START, evidence=make_evidence(incident, kind=SourceKind.LOGS_INSIGHTS))
    found = selectors.unseen(incident)
    assert found.unasked == [ConnectionKind.LOKI]
    assert found.unconnected == [
        ConnectionKind.PAGERDUTY,
        ConnectionKind.SLACK,
        ConnectionKind.PROMETHEUS,
        ConnectionKind.STATUSPAGE,
    ]
    assert found.absent == ["Alertmanager", "GitHub", "Log"]


def test_system_that_delivers_or_was_brought_in_is_not_called_unconnected(
    incident: Incident, organization: Organization
) -> None:
    administrator = make_member(organization, Role.ADMINISTRATOR)
    create_hook(
        actor=administrator,
        organization=organization,
        kind=HookKind.STATUSPAGE,
        name="Status",
        secret="s" * 40,
    )
    make_entry(incident, START, evidence=make_evidence(incident, kind=SourceKind.LOKI))
    found = selectors.unseen(incident)
    assert not {ConnectionKind.STATUSPAGE, ConnectionKind.LOKI} & {*found.unasked, *found.unconnected}
    assert found.silent == ["Statuspage"]


def test_every_system_that_evidence_is_fetched_from_is_named() -> None:
    assert {kind: puller.source for kind, puller in PULLERS.items()} == ASKABLE


def page(client: Client, user: User, incident: Incident) -> str:
    client.force_login(user)
    address = reverse("incidents:import", args=[incident.organization.slug, incident.reference])
    return " ".join(client.get(address).content.decode().split())


def test_evidence_page_names_what_is_not_connected_with_links_for_those_who_may(
    client: Client, incident: Incident, organization: Organization
) -> None:
    connect(organization, *(kind for kind in ASKABLE if kind != ConnectionKind.LOKI))
    responder, administrator = make_member(organization), make_member(organization, Role.ADMINISTRATOR)
    auditor = make_member(organization, Role.AUDITOR)
    upload = f'<a href="/acme/incidents/{incident.reference}/evidence/#add-evidence">upload an export</a>'
    told = page(client, responder, incident)
    assert f"<p>Loki. An administrator can connect it; until then, {upload}.</p>" in told
    assert f'<a href="/acme/incidents/{incident.reference}/fetch/pagerduty/">PagerDuty</a>, ' in told
    told = page(client, auditor, incident)
    assert "<p>Loki. An administrator can connect it.</p>" in told
    assert "<dd>PagerDuty, Slack, " in told
    assert '<a href="/acme/settings/connections/loki/">Loki</a>. Connect it' in page(
        client, administrator, incident
    )


def test_files_with_parts_that_were_not_read_are_named(incident: Incident) -> None:
    skipped = [{"location": "line 7", "reason": "It does not begin with a time."}]
    make_evidence(incident, filename="net.log", skipped=skipped)
    make_evidence(incident, filename="whole.log")
    assert selectors.unseen(incident).skipped == [("net.log", "Log", 1)]
