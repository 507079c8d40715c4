"""Whatever step of a publication a worker dies in, everything exists exactly once outside (invariant 7)."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django_scopes import scope
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Response

from governance.enums import ConnectionKind, DeliveryStatus
from governance.models import AuditEntry, Delivery, Organization
from reviews.models import Publication
from tests.doubles import Confluence, Double, Jira, Slack
from tests.factories import make_organization
from tests.factories.reviews import make_connection, make_publication

LEASE, SETTLE, SEARCH_LAG = 0.5, 0.5, 0.3
PATIENCE = 30.0
FILES = {"record": ".json", "pdf": ".pdf"}
REQUESTS = {
    "confluence page": ("confluence", "POST", "/api/v2/pages$"),
    "confluence attachment": ("confluence", "PUT", "/child/attachment$"),
    "jira issue": ("jira", "POST", "/rest/api/3/issue$"),
    "jira link": ("jira", "POST", "/issueLink$"),
    "slack message": ("slack", "POST", "/chat.postMessage$"),
}


class Nursery:
    """The process that workers are forked from; it outlives them."""

    def __init__(self, database: str) -> None:
        command = [sys.executable, "-m", "tests.delivery_worker", database]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        self._alive: set[int] = set()
        assert self._answer() == "ready"

    def worker(self, evidence: Path, **deadly: str) -> int:
        """Start a worker and give its process id; ``deadly`` are the options of ``DeadlyStorage``."""
        kind = (
            "tests.doubles.storage.DeadlyStorage" if deadly else "django.core.files.storage.FileSystemStorage"
        )
        storage = {"BACKEND": kind, "OPTIONS": {"location": str(evidence), **deadly}}
        pid = int(self._ask({"storage": storage, "lease": LEASE, "settle": SETTLE}))
        self._alive.add(pid)
        return pid

    def reap(self, pid: int) -> int:
        """Wait for a worker's end; gives the signal that ended it."""
        ended_by = int(self._ask({"reap": pid}))
        self._alive.discard(pid)
        return ended_by

    def kill(self, pid: int) -> None:
        """End a worker, as a power cut would."""
        os.kill(pid, signal.SIGKILL)
        assert self.reap(pid) == signal.SIGKILL

    def kill_all(self) -> None:
        """Leave no worker behind, whatever became of the test."""
        for pid in list(self._alive):
            self.kill(pid)

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self._process.communicate(timeout=10)

    def _ask(self, order: dict[str, Any]) -> str:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@dataclass
class Outside:
    """Every receiving end, the organization that publishes to them, and how to wait for it."""

    confluence: Confluence
    jira: Jira
    slack: Slack
    evidence: Path
    organization: Organization = field(default_factory=make_organization)

    def __post_init__(self) -> None:
        self.jira.search_lag = SEARCH_LAG
        for kind in (ConnectionKind.CONFLUENCE, ConnectionKind.SLACK, ConnectionKind.JIRA):
            double: Double = getattr(self, kind.value)
            make_connection(self.organization, kind, double.base_url)

    def deliveries(self) -> list[Delivery]:
        with scope(organization=self.organization):
            return list(Delivery.objects.order_by("stage", "id"))

    def unfinished(self) -> bool:
        return any(row.status in {DeliveryStatus.PENDING, DeliveryStatus.LEASED} for row in self.deliveries())

    def await_the_end(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.unfinished():
            assert time.monotonic() < deadline, [f"{row} {row.last_error}" for row in self.deliveries()]
            time.sleep(0.05)


@pytest.fixture(scope="module")
def nursery(django_db_setup: None, django_db_blocker: Any) -> Iterator[Nursery]:
    with django_db_blocker.unblock():
        found = Nursery(str(connection.settings_dict["NAME"]))
    yield found
    found.close()


@pytest.fixture
def outside(
    transactional_db: None,
    httpserver: HTTPServer,
    evidence_directory: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    nursery: Nursery,
) -> Iterator[Outside]:
    settings.OUTBOUND_PRIVATE_HOSTS = ("127.0.0.1", "localhost")
    monkeypatch.setattr(current_app, "send_task", lambda _task, _arguments: None)
    yield Outside(Confluence(httpserver), Jira(httpserver), Slack(httpserver), evidence_directory)
    nursery.kill_all()


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", FILES)
def test_file_is_there_once_when_the_worker_is_killed(
    step: str, moment: str, nursery: Nursery, outside: Outside
) -> None:
    publication = make_publication(outside.organization)
    doomed = nursery.worker(outside.evidence, moment=moment, ending=FILES[step])
    assert nursery.reap(doomed) == signal.SIGKILL
    _finish(nursery, outside)
    _assert_exactly_once(outside, publication)
    assert _attempts(outside, f"reviews.{step}") == [2]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", REQUESTS)
def test_outside_has_it_once_when_the_worker_is_killed(
    step: str, moment: str, nursery: Nursery, outside: Outside
) -> None:
    publication = make_publication(outside.organization)
    workers: queue.Queue[int] = queue.Queue()

    def cut_the_power() -> Response | None:
        os.kill(workers.get(timeout=PATIENCE), signal.SIGKILL)
        return Response(status=503) if moment == "before" else None

    name, method, path = REQUESTS[step]
    getattr(getattr(outside, name), moment)(method, path, cut_the_power)
    doomed = nursery.worker(outside.evidence)
    workers.put(doomed)
    assert nursery.reap(doomed) == signal.SIGKILL
    assert outside.unfinished()
    _finish(nursery, outside)
    _assert_exactly_once(outside, publication)
    assert sum(row.attempts for row in outside.deliveries()) == len(outside.deliveries()) + 1


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_everything_is_there_once_after_fifty_kills_at_any_time(
    seed: int, nursery: Nursery, outside: Outside
) -> None:
    chance, kills = random.Random(seed), 0
    published: list[Publication] = []
    while kills < 50:
        published.append(make_publication(outside.organization, title=f"Outage {len(published)}"))
        for _ in range(chance.randint(3, 8)):
            pid = nursery.worker(outside.evidence)
            time.sleep(chance.uniform(0.0, 1.2))
            nursery.kill(pid)
            kills += 1
        _finish(nursery, outside)
    _assert_exactly_once(outside, *published)
    assert any(row.attempts > 1 for row in outside.deliveries())


def _finish(nursery: Nursery, outside: Outside) -> None:
    """A second worker, which nothing happens to, does what is left."""
    nursery.worker(outside.evidence)
    outside.await_the_end()
    nursery.kill_all()


def _attempts(outside: Outside, kind: str) -> list[int]:
    return [row.attempts for row in outside.deliveries() if row.kind == kind]


def _assert_exactly_once(outside: Outside, *publications: Publication) -> None:
    rows = outside.deliveries()
    assert {row.key: row.status for row in rows} == {row.key: DeliveryStatus.DELIVERED for row in rows}
    number = len(publications)
    assert len(outside.confluence.pages) == len(outside.slack.messages) == number
    assert len({page.title for page in outside.confluence.pages}) == number
    _assert_issues_once(outside, number)
    with scope(organization=outside.organization):
        ended = AuditEntry.objects.filter(action="delivery.delivered").values_list("subject", flat=True)
        assert Counter(ended) == Counter(f"delivery:{row.key}" for row in rows)
        for publication in publications:
            _assert_files_once(outside, Publication.objects.get(pk=publication.pk))


def _assert_issues_once(outside: Outside, number: int) -> None:
    """Two issues for each publication, and the link between them in its direction."""
    jira = outside.jira
    labels = Counter(
        label for issue in jira.issues for label in issue.fields["labels"] if label != "afterword"
    )
    assert len(jira.issues) == len(labels) == 2 * number
    first = [issue.key for issue in jira.issues if issue.fields["summary"] == "Fence the old primary"]
    second = [issue.key for issue in jira.issues if issue.fields["summary"] == "Rehearse the failover"]
    assert len(jira.links) == len(set(jira.links)) == number
    assert {name for name, _, _ in jira.links} == {"Blocks"}
    assert sorted(blocker for _, blocker, _ in jira.links) == sorted(first)
    assert sorted(blocked for _, _, blocked in jira.links) == sorted(second)


def _assert_files_once(outside: Outside, publication: Publication) -> None:
    """One record and one PDF, as their sums say; the page holds that PDF, uploaded once."""
    directory = outside.evidence / "publications" / str(publication.organization_id) / str(publication.pk)
    document, record = publication.document.read(), publication.record.read()
    assert len(list(directory.iterdir())) == 2
    assert hashlib.sha256(document).hexdigest() == publication.document_sha256
    assert hashlib.sha256(record).hexdigest() == publication.record_sha256
    holding = [page for page in outside.confluence.pages if [document] in page.attachments.values()]
    assert [len(page.attachments) for page in holding] == [1]
    assert {"postmortem", "afterword"} <= holding[0].labels
