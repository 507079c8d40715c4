"""What each kind of connection asks for, and which answers fit."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from governance.connections.fetching import FETCHING
from governance.connections.guard import is_allowed_by_setting
from governance.connections.modeling import MODELING
from governance.connections.shape import PRINTABLE, Kind, Option
from governance.enums import ConnectionKind
from governance.errors import NotConnected
from governance.models import Connection, Organization

_ATLASSIAN_URL = (
    "Your site, such as https://example.atlassian.net, or the address of a scoped token with its path."
)
_ATLASSIAN_CREDENTIAL = "This does not look like an API token. Copy it again, without spaces or line breaks."
_EMAIL = Option(
    "email",
    "Account email",
    "The account that the API token belongs to.",
    r"[^@\s:]+@[^@\s:]+\.[^@\s:]+",
    "This is not an email address. Type the one that the account signs in with.",
)

KINDS: dict[ConnectionKind, Kind] = {
    ConnectionKind.CONFLUENCE: Kind(
        kind=ConnectionKind.CONFLUENCE,
        purpose="Published reviews become pages, with their PDF and record attached.",
        base_url="",
        base_url_help=_ATLASSIAN_URL,
        credential_label="API token",
        credential_help="A token that may read spaces and write pages and attachments.",
        credential_pattern=PRINTABLE,
        credential_misfit=_ATLASSIAN_CREDENTIAL,
        options=(
            _EMAIL,
            Option(
                "space",
                "Space key",
                "Reviews are published into this space; its key stands in the address of its pages.",
                r"~?[A-Za-z0-9._-]{1,255}",
                "A space key has letters and digits only, such as OPS. It stands in the address of the space.",
            ),
            Option(
                "parent",
                "Parent page id",
                "The number of the page below which reviews are put; the top of the space when empty.",
                r"[0-9]{1,20}",
                "A page id is a number. It stands in the address of the page, after /pages/.",
                required=False,
            ),
        ),
    ),
    ConnectionKind.SLACK: Kind(
        kind=ConnectionKind.SLACK,
        purpose="A channel hears what changed and by when each promise is due.",
        base_url="https://slack.com/api/",
        base_url_help="Leave it as it is, unless a proxy stands in between.",
        credential_label="Bot token",
        credential_help="Begins with xoxb-; needs chat:write to publish, and channels:history, groups:history, "
        "users:read and files:read to fetch what was said.",
        credential_pattern=r"xox[bep]-[!-~]{8,4000}",
        credential_misfit="A bot token begins with xoxb-. Copy it from OAuth & Permissions in your Slack app.",
        options=(
            Option(
                "channel",
                "Channel id",
                "Such as C0123456789, at the end of the channel's details; the app must be a member.",
                r"[CGD][A-Z0-9]{6,20}",
                "A channel id begins with C, such as C0123456789. It stands at the end of the channel's details.",
            ),
        ),
    ),
    ConnectionKind.JIRA: Kind(
        kind=ConnectionKind.JIRA,
        purpose="Action items become issues, linked where one needs another.",
        base_url="",
        base_url_help=_ATLASSIAN_URL,
        credential_label="API token",
        credential_help="A token that may create, search and link issues.",
        credential_pattern=PRINTABLE,
        credential_misfit=_ATLASSIAN_CREDENTIAL,
        options=(
            _EMAIL,
            Option(
                "project",
                "Project key",
                "Action items become issues of this project.",
                r"[A-Z][A-Z0-9_]{1,254}",
                "A project key has capital letters and digits, such as OPS. Every issue number begins with it.",
            ),
            Option(
                "issue_type",
                "Issue type",
                "Task unless your project uses another name.",
                r"[^\s].{0,59}",
                "An issue type has at most 60 characters, such as Task.",
                default="Task",
            ),
        ),
    ),
    **FETCHING,
    **MODELING,
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


def faults(
    kind: Kind, *, base_url: str, options: dict[str, str], secret: str, has_secret: bool = False
) -> dict[str, str]:
    """A sentence for each value that does not fit, by field name (``base_url``, ``secret`` or an option's name).

    An empty secret fits when ``has_secret`` says that one is stored already.
    """
    found = {"base_url": base_url_fault(base_url), "secret": _secret_fault(kind, secret, has_secret)}
    found |= {option.name: _option_fault(option, options.get(option.name, "")) for option in kind.options}
    return {name: sentence for name, sentence in found.items() if sentence}


def base_url_fault(base_url: str) -> str:
    """What is wrong with an address, or nothing. Plain HTTP is for hosts that the operator allowed only."""
    parts = urlsplit(base_url)
    try:
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "The port of this address is not a number from 1 to 65535."
    if parts.scheme not in {"http", "https"} or not host:
        return "Type a whole address that begins with https://."
    if parts.username or parts.password or parts.query or parts.fragment:
        return "Type the address only: no name, password, question mark or number sign."
    if parts.scheme == "http" and not is_allowed_by_setting(host):
        return "Use https://, so that the token cannot be read on its way."
    return ""


def _secret_fault(kind: Kind, secret: str, has_secret: bool) -> str:
    if not secret:
        return (
            ""
            if has_secret or not kind.needs_secret
            else f"{kind.credential_label} is missing. Without it nothing can be sent."
        )
    return "" if re.fullmatch(kind.credential_pattern, secret) else kind.credential_misfit


def _option_fault(option: Option, value: str) -> str:
    if not value:
        needed = option.required and not option.default
        return f"{option.label} is missing. {option.help}" if needed else ""
    return "" if re.fullmatch(option.pattern, value) else option.misfit
