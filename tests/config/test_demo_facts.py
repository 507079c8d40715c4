"""The demo's raw files, read by the importers, tell the published facts: same instants in UTC, same order."""

import pytest

from config.demo.manifest import DemoFact, DemoFile, DemoIncident, demo_incidents
from incidents import sources
from incidents.chronology import NormalizedEntry, in_order, normalize
from incidents.enums import Precision
from incidents.errors import TimeNotCertain
from incidents.sources.base import ParseContext, Signal, Skipped


def _id(incident: DemoIncident) -> str:
    return incident.id


each_incident = pytest.mark.parametrize("incident", demo_incidents(), ids=_id)


def _read(file: DemoFile) -> tuple[list[NormalizedEntry], list[Skipped]]:
    """Every entry of a file under the zone that the manifest declares for it, and what could not be read."""
    context = ParseContext(zone=file.zone or "")
    with file.path.open("rb") as stream:
        found = list(sources.get(file.kind).parse(stream, context))
    entries = [normalize(signal, context) for signal in found if isinstance(signal, Signal)]
    return entries, [part for part in found if isinstance(part, Skipped)]


def _chronology(incident: DemoIncident) -> list[NormalizedEntry]:
    return in_order(entry for file in incident.files for entry in _read(file)[0])


def _carriers(fact: DemoFact, entries: list[NormalizedEntry]) -> list[int]:
    return [position for position, entry in enumerate(entries) if fact.contains in entry.signal.text]


@each_incident
def test_demo_files_are_read_without_a_rest(incident: DemoIncident) -> None:
    for file in incident.files:
        entries, skipped = _read(file)
        assert entries, f"{file.name} yields nothing"
        assert skipped == [], f"{file.name} is not read whole"


@each_incident
def test_demo_facts_are_each_told_once_at_the_published_minute(incident: DemoIncident) -> None:
    entries = _chronology(incident)
    for fact in incident.facts:
        carriers = _carriers(fact, entries)
        assert len(carriers) == 1, f"{fact.id} is told {len(carriers)} times"
        assert entries[carriers[0]].at.replace(second=0, microsecond=0) == fact.at, fact.id


@each_incident
def test_demo_facts_come_from_the_file_that_the_manifest_names(incident: DemoIncident) -> None:
    for file in incident.files:
        entries, _ = _read(file)
        for fact in incident.facts_of(file):
            assert len(_carriers(fact, entries)) == 1, f"{fact.id} is not in {file.name}"


@each_incident
def test_demo_facts_stand_in_the_published_order(incident: DemoIncident) -> None:
    entries = _chronology(incident)
    positions = [_carriers(fact, entries)[0] for fact in incident.facts]
    assert positions == sorted(positions)


@each_incident
def test_demo_approximate_facts_say_so(incident: DemoIncident) -> None:
    entries = _chronology(incident)
    for fact in incident.facts:
        if fact.precision == "approx":
            assert "around" in entries[_carriers(fact, entries)[0]].signal.text.lower()


@each_incident
def test_demo_entries_lie_near_the_published_facts(incident: DemoIncident) -> None:
    """What is invented around the facts does not stretch the incident."""
    entries = _chronology(incident)
    day = incident.facts[-1].at - incident.facts[0].at
    assert entries[0].at >= incident.facts[0].at
    assert entries[-1].at - incident.facts[-1].at < day / 20


def test_demo_only_one_file_needs_a_declared_zone_and_is_refused_without_it() -> None:
    declared = [file for incident in demo_incidents() for file in incident.files if file.zone]
    assert [file.name for file in declared] == ["cognito.jsonl"]
    undeclared = ParseContext()
    with declared[0].path.open("rb") as stream:
        signals = [part for part in sources.get("log").parse(stream, undeclared) if isinstance(part, Signal)]
    assert signals
    for signal in signals:
        with pytest.raises(TimeNotCertain):
            normalize(signal, undeclared)


def test_demo_sources_write_their_times_in_several_zones() -> None:
    zones = {entry.zone for incident in demo_incidents() for entry in _chronology(incident)}
    assert {"UTC", "PST", "-04:00", "-08:00", "America/Los_Angeles"} <= zones


def test_demo_records_kept_by_people_are_exact_to_the_minute_only() -> None:
    kept = [entry.precision for entry in _entries_of("admin-log.log") + _entries_of("recovery-journal.jsonl")]
    assert set(kept) == {Precision.MINUTE}


def _entries_of(name: str) -> list[NormalizedEntry]:
    files = [file for incident in demo_incidents() for file in incident.files if file.name == name]
    assert len(files) == 1
    return _read(files[0])[0]
