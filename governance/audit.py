"""Record and verify the audit chain (invariant 8).

The chain is made by PostgreSQL triggers. Each hash is SHA-256 over the fields below, joined by the unit separator
(0x1F): previous hash, organization id, sequence, UTC time with microseconds, actor id or nothing, action, subject,
data. ``chained_hash`` says the same in Python, so that an exported trail can be verified without the database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import ngettext

from governance.models import AuditEntry, Organization, User

SEPARATOR = "\x1f"
GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """JSON text with sorted keys and no spaces: the form that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def record(
    *, organization: Organization | int, actor: User | None, action: str, subject: str, **data: Any
) -> AuditEntry:
    """Append one change of state, inside the caller's transaction and preferably as its last statement.

    The trigger takes a lock per organization until the transaction ends. ``action`` is ``<thing>.<past participle>``
    (``review.submitted``); ``subject`` is ``<thing>:<reference>``; ``data`` holds ids, hashes and states, no names.
    """
    if not f"{action}{subject}".isprintable():
        raise ValueError(
            "An audit entry's action and subject hold no control character: they are hashed side by side."
        )
    organization_id = organization if isinstance(organization, int) else organization.pk
    return AuditEntry(
        organization_id=organization_id, actor=actor, action=action, subject=subject, data=canonical(data)
    ).append()


def chained_hash(previous: str, entry: AuditEntry) -> str:
    """The hash that this entry must carry after an entry with the hash ``previous``."""
    at: datetime = entry.at.astimezone(UTC)  # type: ignore[union-attr]
    parts = (
        previous,
        str(entry.organization_id),
        str(entry.sequence),
        at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "" if entry.actor_id is None else str(entry.actor_id),
        entry.action,
        entry.subject,
        entry.data,
    )
    return hashlib.sha256(SEPARATOR.join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """The outcome of a verification: how many entries were read, the last one, and the first fault if any."""

    entries: int
    head: str
    fault: str = ""

    @property
    def intact(self) -> bool:
        return not self.fault

    def __str__(self) -> str:
        if self.fault:
            return f"Broken after {self.entries} intact entries: {self.fault}"
        counted = ngettext("%d entry", "%d entries", self.entries) % self.entries
        return f"Intact: {counted}, head {self.head[:16]}"


def verify(entries: Iterable[AuditEntry]) -> Verdict:
    """Walk one organization's trail in order and say whether every link holds."""
    previous, count = GENESIS, 0
    for entry in entries:
        expected = count + 1
        if entry.sequence != expected:
            return Verdict(count, previous, f"entry {expected} is missing (the next one is {entry.sequence})")
        if entry.previous_hash != previous or entry.hash != chained_hash(previous, entry):
            return Verdict(count, previous, f"entry {entry.sequence} was changed after it was written")
        previous, count = entry.hash, expected
    return Verdict(count, previous)


def verify_organization(organization: Organization) -> Verdict:
    """Verify the whole trail of an organization, streaming."""
    trail = AuditEntry.objects.with_scopes_disabled().filter(organization=organization).order_by("sequence")
    return verify(trail.iterator(chunk_size=2000))
