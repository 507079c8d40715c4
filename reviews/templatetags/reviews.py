"""What review templates need to draw sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from governance import access
from governance.access import Permission
from governance.models import User
from incidents.models import Incident
from reviews import rendering
from reviews.enums import WaiverKind
from reviews.exemptions import Exemption
from reviews.models import Waiver
from reviews.selectors import waivers
from reviews.selectors.modeling import Modeling

register = template.Library()
register.filter("inline", rendering.inline)
register.filter("words", rendering.plain)


@register.filter
def waited(since: datetime) -> str:
    """How long something waits, to stand behind "waiting"; nothing in the first minute."""
    now = timezone.now()
    return f" {timesince(since, now)}" if now - since >= timedelta(minutes=1) else ""


@register.filter
def exemption(waiver: Waiver) -> str:
    """From what a waiver makes an exception, as a line begins with it."""
    label = Exemption(WaiverKind(waiver.kind), waiver.role, waiver.service, waiver.check_code).label
    return label[:1].upper() + label[1:]


@lru_cache(maxsize=512)
def _around(organization: str, reference: str) -> tuple[str, str]:
    """What stands before and behind the number in the address of an entry; a page asks for thousands of them."""
    before, after = reverse("incidents:entry", args=[organization, reference, 0]).rsplit("0", 1)
    return before, after


@register.simple_tag
def entry_address(number: int, organization: str, reference: str) -> str:
    """The address of an entry."""
    before, after = _around(organization, reference)
    return f"{before}{number}{after}"


@register.simple_tag
def chips(numbers: Sequence[int], organization: str, reference: str) -> SafeString:
    """A link for each cited entry, with a space before it."""
    before, after = _around(organization, reference)
    rows = ((before, number, after, number) for number in numbers)
    return format_html_join("", ' <a class="chip" href="{}{}{}">E{}</a>', rows)


@register.simple_tag
def model_line(modeling: Modeling | None, key: str) -> dict[str, Any] | None:
    """What stands below a section about the model; nothing where it may not be asked."""
    return modeling.of(key) if modeling else None


@register.simple_tag
def skipped(incident: Incident) -> Waiver | None:
    """The exception by which an incident needs no postmortem."""
    return waivers.skipped_postmortem(incident)


@register.simple_tag
def skipped_among(incidents: Iterable[Incident]) -> set[int]:
    """The ids of those that need no postmortem."""
    return waivers.skipped_among(incidents)


@register.simple_tag
def may_skip(user: User, incident: Incident) -> bool:
    """Whether this person may let the incident go without a postmortem."""
    return access.can(user, Permission.GRANT_WAIVER, incident)
