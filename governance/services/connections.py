"""Connections: saved by administrators, tested against the real thing, their secrets never shown again."""

from __future__ import annotations

from django.db import transaction

from governance import access, audit
from governance.access import Permission
from governance.connections import KINDS, open_client, request
from governance.enums import ConnectionKind
from governance.errors import AfterwordError, OutsideError
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
    """Create or change the connection of a kind; an empty secret keeps the stored one."""
    access.require(actor, Permission.MANAGE_CONNECTIONS, organization)
    connection: Connection = Connection.objects.filter(organization=organization, kind=kind).first() or Connection(
        organization=organization, kind=kind
    )
    if not secret and not connection.secret:
        raise AfterwordError(f"{KINDS[kind].secret_label} is missing. Without it nothing can be sent.")
    connection.base_url = base_url.strip()
    connection.options = {option.name: options.get(option.name, "") or option.default for option in KINDS[kind].options}
    connection.is_active = True
    if secret:
        connection.secret = secret.strip()
    connection.save()
    audit.record(
        organization=organization,
        actor=actor,
        action="connection.saved",
        subject=f"connection:{kind}",
        base_url=connection.base_url,
        secret_changed=bool(secret),
    )
    return connection


@transaction.atomic
def remove_connection(*, actor: User, connection: Connection) -> None:
    """Forget a connection and its secret."""
    access.require(actor, Permission.MANAGE_CONNECTIONS, connection)
    audit.record(
        organization=connection.organization_id,
        actor=actor,
        action="connection.removed",
        subject=f"connection:{connection.kind}",
    )
    connection.delete()


def test_connection(*, actor: User, connection: Connection) -> str:
    """Ask the outside system who we are; gives a sentence for the screen, whether it worked or not."""
    access.require(actor, Permission.MANAGE_CONNECTIONS, connection)
    method, path = KINDS[ConnectionKind(connection.kind)].probe
    try:
        with open_client(connection) as client:
            answer = request(client, method, path)
            if connection.kind == ConnectionKind.SLACK and not answer.json().get("ok"):
                return f"Slack refused: {answer.json().get('error', 'unknown')}. Check the bot token."
    except OutsideError as error:
        return str(error)
    return "It works."
