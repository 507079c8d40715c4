"""Which action items hang on private incidents, for ``governance.sight``."""

from __future__ import annotations

import re

from governance.models import User
from governance.sight import Sight
from incidents.selectors.privacy import sight_by_incident
from remediation.models import ActionItem

_OF_ITEM = re.compile(r"action_item:([0-9]{1,18})")


def sight_of(person: User, subjects: frozenset[str]) -> Sight:
    """What the person may see of the action items that subjects name by their ids."""
    matches = {subject: _OF_ITEM.fullmatch(subject) for subject in subjects}
    items = {subject: int(match.group(1)) for subject, match in matches.items() if match}
    if not items:
        return Sight()
    rows = ActionItem.objects.filter(pk__in=set(items.values())).order_by()
    incidents = dict(rows.values_list("pk", "review__incident"))
    return sight_by_incident(
        person, {subject: incidents[pk] for subject, pk in items.items() if pk in incidents}
    )
