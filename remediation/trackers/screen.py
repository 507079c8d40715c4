"""What a Jira project lets us set on a new issue; asked first, because a refused issue still uses up a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from governance.connections import request
from governance.errors import OutsideError

OPTIONAL_FIELDS = ("duedate", "priority")
NO_LABELS = (
    "Jira has no field Labels on the create screen of this project. Add it: issues are found again by it."
)
_PAGE = 200
_UNTOLD = (400, 403, 404)


@dataclass(frozen=True)
class Screen:
    """The fields of a create screen by id, each with the names of its values; no names where any value fits."""

    fields: Mapping[str, frozenset[str]]

    def fitting(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields without the optional ones that do not fit; raises ``OutsideError`` without a field for labels."""
        if "labels" not in self.fields:
            raise OutsideError(NO_LABELS, permanent=True)
        return {
            name: value
            for name, value in fields.items()
            if name not in OPTIONAL_FIELDS or self._takes(name, value)
        }

    def _takes(self, name: str, value: Any) -> bool:
        if name not in self.fields:
            return False
        known = self.fields[name]
        return not known or not isinstance(value, dict) or value.get("name") in known


def ask(client: httpx2.Client, project: str, issue_type: str) -> Screen | None:
    """The create screen of an issue type; nothing when Jira does not tell all of it, and then the attempt will."""
    address = f"rest/api/3/issue/createmeta/{quote(project, safe='')}/issuetypes"
    kinds = _whole(client, address, "issueTypes") or []
    found = next((kind for kind in kinds if kind.get("name") == issue_type), None)
    rows = _whole(client, f"{address}/{quote(str(found['id']), safe='')}", "fields") if found else None
    if rows is None:
        return None
    return Screen({str(row.get("fieldId")): _names(row.get("allowedValues")) for row in rows})


def _whole(client: httpx2.Client, address: str, name: str) -> list[dict[str, Any]] | None:
    """The list ``name`` of an answer, unless there is more of it than one page."""
    answer = request(client, "GET", address, params={"maxResults": str(_PAGE)}, expected=(200, *_UNTOLD))
    if answer.status_code != 200:
        return None
    page = answer.json()
    rows: list[dict[str, Any]] = page.get(name) or []
    return rows if page.get("total", len(rows)) <= len(rows) else None


def _names(values: Any) -> frozenset[str]:
    return frozenset(
        str(value["name"]) for value in values or [] if isinstance(value, dict) and "name" in value
    )
