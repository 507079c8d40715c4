"""Facts that arrive at a signed JSON hook, without the way over HTTP."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from django.utils import timezone

from governance.enums import Role
from governance.models import Organization
from incidents.enums import HookKind
from incidents.hooks import SENDERS
from incidents.models import Arrival, Hook
from incidents.services import arrivals, hooks, receiving
from tests.factories import make_member
from tests.incidents.intake.signing import SECRET

AT = "2026-03-01T12:00:00Z"
_numbers = count(1)


def make_hook(organization: Organization, kind: HookKind = HookKind.JSON, **fields: Any) -> Hook:
    actor = make_member(organization, Role.ADMINISTRATOR)
    return hooks.create_hook(
        actor=actor, organization=organization, kind=kind, name="", secret=SECRET, **fields
    )


def alert(text: str = "Payments are refused", at: str = AT, **fields: Any) -> dict[str, Any]:
    """A fact of the kind that a monitor posts; each has an identity of its own."""
    return {
        "at": at, "text": text, "kind": "alert", "trust": "observed", "id": f"f-{next(_numbers)}", **fields,
    }  # fmt: skip


def deployment(at: str, service: str = "checkout", **fields: Any) -> dict[str, Any]:
    """A deployment of a service."""
    return {"service": service, "version": f"1.{next(_numbers)}", "status": "succeeded", "at": at, **fields}


def arrive(hook: Hook, *facts: dict[str, Any], body: bytes = b"") -> Arrival:
    """Store what was delivered, as the address does after it has proven it."""
    content = body or json.dumps(list(facts)).encode()
    kind = SENDERS[HookKind(hook.kind)].source
    pk = receiving.receive(hook=hook, kind=kind, delivery="", headers={}, body=content)
    assert pk is not None
    found: Arrival = Arrival.objects.get(pk=pk)
    return found


def read(arrival: Arrival) -> Arrival:
    """Read it once, and give it as it stands then."""
    Arrival.objects.filter(pk=arrival.pk).update(lease_until=timezone.now())
    arrivals.take_in(arrival.pk)
    arrival.refresh_from_db()
    return arrival


def bring(hook: Hook, *facts: dict[str, Any]) -> Arrival:
    """Store and read."""
    return read(arrive(hook, *facts))
