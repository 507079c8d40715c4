"""The demo's own records: complete where the demo needs them, and pointing at nothing that is not there."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from config.demo.manifest import (
    DemoDataError,
    DemoIncident,
    demo_incidents,
    demo_organization,
    load_incident,
)
from config.demo.records import SectionKey as DemoSection
from governance.enums import PEOPLE_ROLES
from incidents.enums import MilestoneKind, Severity, SourceKind
from remediation.enums import ActionKind
from reviews.enums import Confidence, SectionKey, SignOffRole

WITH_REVIEW = ("awaiting_signature", "published")
ALL_OF_SEV1 = {SignOffRole.INCIDENT_COMMANDER, SignOffRole.SERVICE_OWNER, SignOffRole.MANAGER}


def _id(incident: DemoIncident) -> str:
    return incident.id


each_incident = pytest.mark.parametrize("incident", demo_incidents(), ids=_id)
each_review = pytest.mark.parametrize(
    "incident", [incident for incident in demo_incidents() if incident.stage in WITH_REVIEW], ids=_id
)


def test_demo_incidents_stand_at_every_stage() -> None:
    assert [incident.stage for incident in demo_incidents()] == [
        "published",
        "awaiting_signature",
        "drafted",
        "imported",
        "imported",
    ]


def test_demo_organization_has_a_person_in_every_role() -> None:
    organization = demo_organization()
    assert {person.role for person in organization.people} == set(PEOPLE_ROLES)
    assert {service.owner for service in organization.services} <= {
        person.email for person in organization.people
    }


@each_incident
def test_demo_incident_speaks_the_house_vocabulary(incident: DemoIncident) -> None:
    assert incident.severity in Severity.names
    assert {file.kind for file in incident.files} <= set(SourceKind.values)
    assert set(incident.milestones) <= set(MilestoneKind.values)
    assert {statement.section for statement in incident.statements} <= set(SectionKey.values)
    assert {answer.section for answer in incident.answers} <= set(SectionKey.values)
    assert {factor.confidence for factor in incident.factors} <= set(Confidence.values)
    assert {signoff.role for signoff in incident.signoffs} <= set(SignOffRole.values)
    assert {action.kind for action in incident.actions} <= set(ActionKind.values)


def test_demo_knows_every_section_of_a_review() -> None:
    assert get_args(DemoSection) == tuple(SectionKey.values)


@each_incident
def test_demo_facts_are_named_once_and_stand_in_published_order(incident: DemoIncident) -> None:
    assert len({fact.id for fact in incident.facts}) == len(incident.facts)
    assert [fact.at for fact in incident.facts] == sorted(fact.at for fact in incident.facts)
    assert all(fact.at.second == 0 and fact.at.utcoffset() == timedelta(0) for fact in incident.facts)


@each_incident
def test_demo_milestones_agree_with_the_published_impact(incident: DemoIncident) -> None:
    moments = {kind: incident.fact(fact_id).at for kind, fact_id in incident.milestones.items()}
    assert moments["impact_started"] == incident.impact.started
    assert moments.get("resolved", incident.impact.ended) == incident.impact.ended
    ordered = [moments[kind] for kind in MilestoneKind.values if kind in moments]
    assert ordered == sorted(ordered)


@each_incident
def test_demo_people_and_what_is_not_a_fact_are_marked_as_invented(incident: DemoIncident) -> None:
    assert incident.people_invented
    assert incident.sources
    assert incident.contradictions


@each_review
def test_demo_review_is_complete(incident: DemoIncident) -> None:
    assert incident.root_cause
    assert [factor.trigger for factor in incident.factors].count(True) == 1
    assert {statement.section for statement in incident.statements} >= {"customer_impact", "detection"}
    assert incident.actions
    assert all(action.verification and action.due_in_days > 0 for action in incident.actions)
    assert {signoff.role for signoff in incident.signoffs} == ALL_OF_SEV1
    assert len({signoff.person for signoff in incident.signoffs}) == len(ALL_OF_SEV1)
    waiting = [signoff for signoff in incident.signoffs if not signoff.signed]
    assert len(waiting) == (1 if incident.stage == "awaiting_signature" else 0)


@each_review
def test_demo_signoffs_come_from_the_commander_and_the_owner(incident: DemoIncident) -> None:
    people = {signoff.role: signoff.person for signoff in incident.signoffs}
    managers = {person.email for person in demo_organization().people if person.role == "manager"}
    assert people.pop("manager") in managers
    assert people == {"incident_commander": incident.commander, "service_owner": incident.owner}
    owners = {service.name: service.owner for service in demo_organization().services}
    assert {owners[service] for service in incident.services} == {incident.owner}


@each_review
def test_demo_actions_depend_in_no_circle(incident: DemoIncident) -> None:
    finished: set[str] = set()
    left = list(incident.actions)
    while ready := [action for action in left if set(action.depends_on) <= finished]:
        finished |= {action.id for action in ready}
        left = [action for action in left if action.id not in finished]
    assert left == []


def test_demo_fact_of_another_name_is_refused() -> None:
    with pytest.raises(DemoDataError, match="no fact is called 'zz-01'"):
        demo_incidents()[0].fact("zz-01")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('impact_started = "wm-01"', 'impact_started = "wm-99"', "unknown fact: wm-99"),
        (
            'commander = "mara@demo.test"',
            'commander = "nobody@demo.test"',
            "unknown person: nobody@demo.test",
        ),
        ('services = ["maps"]', 'services = ["atlas"]', "unknown service: atlas"),
        ('stage = "drafted"', 'stage = "done"', "'done' is not one of"),
        ('name = "admin-log.log"', 'name = "other.log"', "unknown file: admin-log.log"),
        ("at = 2020-02-04T16:03:00Z", "at = 2020-02-04T16:03:00", "not an instant with an offset"),
    ],
)
def test_demo_incident_that_contradicts_itself_is_refused(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    original = next(incident for incident in demo_incidents() if incident.stage == "drafted")
    directory = tmp_path / original.id
    shutil.copytree(original.files[0].path.parent, directory)
    description = directory / "incident.toml"
    text = description.read_text(encoding="utf-8")
    assert old in text
    description.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DemoDataError, match=complaint):
        load_incident(directory)


def test_demo_incident_without_one_of_its_files_is_refused(tmp_path: Path) -> None:
    original = demo_incidents()[0]
    directory = tmp_path / original.id
    shutil.copytree(original.files[0].path.parent, directory)
    (directory / original.files[0].name).unlink()
    with pytest.raises(DemoDataError, match=r"raw file .* is missing"):
        load_incident(directory)


def test_demo_duration_of_the_published_incident_is_as_published() -> None:
    incident = demo_incidents()[0]
    lasted: timedelta = _at(incident, "resolved") - _at(incident, "impact_started")
    assert incident.impact.duration == "24 h 11 min"
    assert lasted == timedelta(hours=24, minutes=11)


def _at(incident: DemoIncident, kind: str) -> datetime:
    return next(incident.fact(fact_id).at for name, fact_id in incident.milestones.items() if name == kind)
