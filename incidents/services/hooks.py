"""Addresses to which outside systems deliver: made, changed and closed by administrators; each has its own secret."""

from __future__ import annotations

import secrets as random_secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cryptography import x509
from django.db import transaction
from django.utils import timezone
from django_scopes import scopes_disabled

from governance import access, audit
from governance.access import Permission
from governance.models import Organization, User
from incidents.enums import HookKind
from incidents.errors import IntakeRefused
from incidents.hooks import SENDERS
from incidents.models import Hook
from incidents.times import known_zone

BOTH_HOLD = timedelta(days=2)
REMEMBERED_FOR, MOST_REMEMBERED = 2.0, 1000
SHORTEST_SECRET = 8
LONGEST_SECRET = 500

_remembered: dict[str, tuple[float, Hook]] = {}


@transaction.atomic
def create_hook(
    *,
    actor: User,
    organization: Organization,
    kind: HookKind | str,
    name: str,
    secret: str = "",
    zone: str = "",
    options: Mapping[str, str] | None = None,
) -> Hook:
    """Make an address; without a secret a strong one is made. Raises ``IntakeRefused`` for what cannot be meant."""
    access.require(actor, Permission.MANAGE_INTAKE, organization)
    kind = HookKind(kind)
    hook = Hook(
        organization=organization,
        kind=kind,
        name=name.strip()[:120] or kind.label,
        token=random_secrets.token_urlsafe(24),
        secret=_secret(secret, kind),
        zone=known_zone(zone),
        options=_options(kind, options or {}),
        created_by=actor,
    )
    hook.save(force_insert=True)
    _record(actor, hook, "created")
    return hook


@transaction.atomic
def rotate_secret(*, actor: User, hook: Hook, secret: str = "") -> Hook:
    """Give an address a new secret; the one before holds for two more days, so that nothing is lost meanwhile."""
    access.require(actor, Permission.MANAGE_INTAKE, hook)
    current = Hook.objects.select_for_update().get(pk=hook.pk)
    current.previous_secret, current.previous_until = current.secret, timezone.now() + BOTH_HOLD
    current.secret = _secret(secret, HookKind(current.kind))
    current.save()
    _record(actor, current, "secret_rotated")
    found: Hook = current
    return found


@transaction.atomic
def change_hook(
    *, actor: User, hook: Hook, name: str, zone: str = "", options: Mapping[str, str] | None = None
) -> Hook:
    """Change what an address is called and what its kind asks for beside the secret."""
    access.require(actor, Permission.MANAGE_INTAKE, hook)
    current: Hook = Hook.objects.select_for_update().get(pk=hook.pk)
    current.name = name.strip()[:120] or current.name
    current.zone = known_zone(zone)
    kept = {"certificates": current.options.get("certificates") or {}}
    current.options = _options(HookKind(current.kind), {**(options or {})}, kept["certificates"])
    current.save()
    _record(actor, current, "changed")
    return current


@transaction.atomic
def open_or_close(*, actor: User, hook: Hook, is_active: bool) -> Hook:
    """Close an address, or open it again; what it has brought stays."""
    access.require(actor, Permission.MANAGE_INTAKE, hook)
    current: Hook = Hook.objects.select_for_update().get(pk=hook.pk)
    if current.is_active != is_active:
        current.is_active = is_active
        current.save(update_fields=["is_active"])
        _record(actor, current, "opened" if is_active else "closed")
    return current


def find(token: str) -> Hook | None:
    """The open address of this token, of whatever organization: the token is all that a sender has.

    An address is remembered for two seconds, because storms of deliveries ask for the same one; a change made here is
    seen at once, one made by another process after two seconds at most. What is not there is asked for each time.
    """
    now = time.monotonic()
    known = _remembered.get(token)
    if known is not None and now - known[0] < REMEMBERED_FOR:
        return known[1]
    with scopes_disabled():
        found: Hook | None = Hook.objects.filter(token=token, is_active=True).order_by().first()
    if found is not None:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[token] = (now, found)
    return found


def forget() -> None:
    """Ask the database for every address again."""
    _remembered.clear()


def note_refusal(hook: Hook, why: str) -> None:
    """Let administrators see the last delivery that was refused, and why; at most once a minute."""
    now = timezone.now()
    if hook.refused_at and hook.refused_at > now - timedelta(minutes=1):
        return
    with scopes_disabled():
        Hook.objects.filter(pk=hook.pk).update(refused_at=now, refused_why=why[:300])


def _secret(secret: str, kind: HookKind) -> str:
    secret = secret.strip()
    if not secret:
        if SENDERS[kind].secret_from_them:
            raise IntakeRefused(f"{SENDERS[kind].secret_is} is missing. {SENDERS[kind].setup}")
        return random_secrets.token_urlsafe(32)
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET or not secret.isprintable():
        raise IntakeRefused(
            f"A secret has {SHORTEST_SECRET} to {LONGEST_SECRET} printable characters. "
            "Copy it again without line breaks."
        )
    return secret


def _options(
    kind: HookKind, typed: Mapping[str, str], certificates: Mapping[str, str] | None = None
) -> dict[str, Any]:
    names = [name for name, _label, _help in SENDERS[kind].options]
    options: dict[str, Any] = {name: typed.get(name, "").strip()[:2000] for name in names}
    if kind == HookKind.AWS_SNS:
        return _topic(options, typed, certificates or {})
    return {name: value for name, value in options.items() if value}


def _topic(options: dict[str, Any], typed: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, Any]:
    """The topic's name and its certificates by file name; a new certificate is added to those that are kept."""
    if not options["topic_arn"].startswith("arn:aws"):
        raise IntakeRefused(
            "Give the whole ARN of the topic, such as arn:aws:sns:eu-west-1:123456789012:alarms."
        )
    certificates = dict(kept)
    pem, name = typed.get("certificate", "").strip(), options["certificate_name"]
    if pem:
        try:
            x509.load_pem_x509_certificate(pem.encode())
        except ValueError as error:
            raise IntakeRefused(
                "This is no PEM certificate. Paste the whole file, with its first and last line."
            ) from error
        if not name:
            raise IntakeRefused("Give the file name of the certificate, as it stands in SigningCertURL.")
        certificates[name] = pem
    return {"topic_arn": options["topic_arn"], "certificates": certificates}


def _record(actor: User, hook: Hook, what: str) -> None:
    transaction.on_commit(forget)
    audit.record(
        organization=hook.organization_id,
        actor=actor,
        action=f"hook.{what}",
        subject=f"hook:{hook.pk}",
        kind=hook.kind,
    )
