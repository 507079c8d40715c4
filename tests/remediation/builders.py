"""Promises of a small review, made by the services that people use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from remediation.enums import ActionKind
from remediation.models import ActionItem
from remediation.services import plan_action_item
from tests.reviews.builders import Setting


def promise(setting: Setting, title: str = "Fence the old primary", **fields: Any) -> ActionItem:
    """An action item that Priya owns, planned by Jon; use it inside the organization's scope."""
    return plan_action_item(
        actor=setting.jon, review=setting.review, **{"title": title, **wording(setting), **fields}
    )


def wording(setting: Setting) -> dict[str, Any]:
    """Everything that an action item says besides its title."""
    return {
        "kind": ActionKind.PREVENT,
        "owner": setting.priya,
        "severity": 2,
        "due_on": timezone.now().date() + timedelta(days=14),
        "verification_criterion": "A drill shows one primary only.",
    }


def typed(setting: Setting, title: str = "Fence the old primary", **fields: Any) -> dict[str, Any]:
    """The same as a person sends it by the form."""
    said = {"title": title, **wording(setting), "owner": setting.priya.pk}
    return {**said, "due_on": said["due_on"].isoformat(), **fields}
