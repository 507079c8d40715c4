"""From what an exception is made, in words; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviews.enums import CheckCode, SignOffRole, WaiverKind

_SEATS = {
    SignOffRole.INCIDENT_COMMANDER: "the incident commander",
    SignOffRole.MANAGER: "a manager",
    SignOffRole.SECURITY: "security",
}


@dataclass(frozen=True)
class Exemption:
    """One kind of exception, with its seat or its check."""

    kind: WaiverKind
    role: str = ""
    service: Any = None
    check: str = ""

    @property
    def label(self) -> str:
        """``no signature of an owner of mysql``, ``no postmortem``."""
        if self.kind == WaiverKind.POSTMORTEM:
            return "no postmortem"
        if self.kind == WaiverKind.CHECK:
            return f"the check “{CheckCode(self.check).label}” may fail"
        if self.service is not None:
            return f"no signature of an owner of {self.service.name}"
        return f"no signature of {_SEATS.get(SignOffRole(self.role), 'an owner')}"


@dataclass(frozen=True)
class PrintedWaiver:
    """An exception as it stands in what is published: instants as in the signed text, days as ``2026-11-21``."""

    kind: str
    label: str
    reason: str
    granted_by: str
    granted_at: str
    ends_on: str
    role: str = ""
    service: str = ""
    check: str = ""

    @property
    def title(self) -> str:
        return self.label[:1].upper() + self.label[1:]

    def plain(self) -> dict[str, str]:
        """The form that the portable record holds."""
        return {
            "kind": self.kind,
            "role": self.role,
            "service": self.service,
            "check": self.check,
            "reason": self.reason,
            "granted_by": self.granted_by,
            "granted_at": self.granted_at,
            "ends_on": self.ends_on,
        }


def printed_check(row: Mapping[str, Any]) -> PrintedWaiver:
    """A waived check out of the signed content."""
    return PrintedWaiver(
        kind=WaiverKind.CHECK.value,
        label=Exemption(WaiverKind.CHECK, check=row["check"]).label,
        reason=row["reason"],
        granted_by=row["granted_by"]["name"],
        granted_at=row["granted_at"],
        ends_on=row["ends_on"],
        check=row["check"],
    )
