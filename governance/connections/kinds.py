"""What each kind of connection asks for."""

from __future__ import annotations

from dataclasses import dataclass

from governance.enums import ConnectionKind
from governance.errors import NotConnected
from governance.models import Connection, Organization


@dataclass(frozen=True)
class Option:
    """One value beside address and secret; ``default`` is used when nothing is typed."""

    name: str
    label: str
    help: str
    required: bool = True
    default: str = ""


@dataclass(frozen=True)
class Kind:
    """One outside system: its options, what its secret is called, and a request that proves that it works."""

    kind: ConnectionKind
    base_url: str
    base_url_help: str
    secret_label: str
    secret_help: str
    options: tuple[Option, ...]
    probe: tuple[str, str]


_ATLASSIAN_URL = "The site, such as https://example.atlassian.net, or the address of a scoped token with its path."
_EMAIL = Option("email", "Account email", "The account that the API token belongs to.")

KINDS: dict[ConnectionKind, Kind] = {
    ConnectionKind.CONFLUENCE: Kind(
        kind=ConnectionKind.CONFLUENCE,
        base_url="",
        base_url_help=_ATLASSIAN_URL,
        secret_label="API token",
        secret_help="A token that may write pages and attachments.",
        options=(
            _EMAIL,
            Option("space", "Space key", "Postmortems are published into this space."),
            Option("parent", "Parent page id", "Pages are put below this one.", required=False),
        ),
        probe=("GET", "/wiki/api/v2/spaces"),
    ),
    ConnectionKind.SLACK: Kind(
        kind=ConnectionKind.SLACK,
        base_url="https://slack.com/api/",
        base_url_help="Leave it as it is, unless a proxy stands in between.",
        secret_label="Bot token",
        secret_help="Begins with xoxb-; needs chat:write and channels:history.",
        options=(Option("channel", "Channel id", "Such as C0123456789; the app must be a member of it."),),
        probe=("POST", "auth.test"),
    ),
    ConnectionKind.JIRA: Kind(
        kind=ConnectionKind.JIRA,
        base_url="",
        base_url_help=_ATLASSIAN_URL,
        secret_label="API token",
        secret_help="A token that may create and link issues.",
        options=(
            _EMAIL,
            Option("project", "Project key", "Action items become issues of this project."),
            Option("issue_type", "Issue type", "Such as Task.", default="Task"),
        ),
        probe=("GET", "/rest/api/3/myself"),
    ),
}


def find(organization: Organization | int, kind: ConnectionKind) -> Connection:
    """The active connection of this kind; raises ``NotConnected`` when there is none."""
    organization_id = organization if isinstance(organization, int) else organization.pk
    connection: Connection | None = Connection.objects.filter(
        organization_id=organization_id, kind=kind, is_active=True
    ).first()
    if connection is None:
        raise NotConnected(f"{kind.label} is not connected. An administrator can connect it in the settings.")
    return connection
