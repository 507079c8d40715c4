"""Connections: saved by administrators, tested against the real thing, their secrets never shown again."""

from __future__ import annotations

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.connections import KINDS, faults, probe
from governance.enums import ConnectionKind
from governance.errors import AfterwordError
from governance.models import Connection, Organization, User


@transaction.atomic
def save_connection(
    *,
    actor: User,
    organization: Organization,
    kind: ConnectionKind,
    base_url: str,
    options: dict[str, str],
    secret: str = "",
) -> Connection:
    """Create or change the connection of a kind; an empty secret keeps the stored one.

    A stored secret is kept only for the host that it was typed for: a new host needs it again, so that nobody can
    send it to a host of their choice without knowing it.
    """
    access.require(actor, Permission.MANAGE_CONNECTIONS, organization)
    known: Connection | None = (
        Connection.objects.select_for_update().filter(organization=organization, kind=kind).first()
    )
    connection = known or Connection(organization=organization, kind=kind)
    base_url, secret = base_url.strip(), secret.strip()
    typed = {name: value.strip() for name, value in options.items()}
    keeps = known is not None and keeps_secret(known, base_url)
    if found := faults(KINDS[kind], base_url=base_url, options=typed, secret=secret, has_secret=keeps):
        raise AfterwordError(" ".join(found.values()))
    connection.base_url = base_url
    connection.options = {
        option.name: typed.get(option.name) or option.default for option in KINDS[kind].options
    }
    connection.secret = secret or connection.secret
    connection.is_active = True
    connection.save()
    audit.record(
        organization=organization,
        actor=actor,
        action="connection.saved",
        subject=f"connection:{kind.value}",
        base_url=connection.base_url,
        secret_changed=bool(secret),
    )
    return connection


def keeps_secret(connection: Connection, base_url: str) -> bool:
    """Whether the stored secret may go on being used with this address: only while the address begins the same."""
    before, after = (url.strip().rstrip("/").split("/")[:3] for url in (connection.base_url, base_url))
    return bool(connection.secret) and before == after


@transaction.atomic
def remove_connection(*, actor: User, connection: Connection) -> None:
    """Forget a connection and its secret."""
    access.require(actor, Permission.MANAGE_CONNECTIONS, connection)
    Connection.objects.filter(pk=connection.pk).delete()
    audit.record(
        organization=connection.organization_id,
        actor=actor,
        action="connection.removed",
        subject=f"connection:{connection.kind}",
    )


def test_connection(*, actor: User, connection: Connection) -> str:
    """Ask the outside system, outside of any transaction; gives what was found, or raises ``OutsideError``."""
    access.require(actor, Permission.MANAGE_CONNECTIONS, connection)
    sentence = probe(connection)
    audit.record(
        organization=connection.organization_id,
        actor=actor,
        action="connection.tested",
        subject=f"connection:{connection.kind}",
    )
    return sentence


test_connection.__test__ = False  # type: ignore[attr-defined]  # a name that pytest would take for a test
