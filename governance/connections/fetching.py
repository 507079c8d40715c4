"""The systems that evidence is fetched from, beside those that publications go to."""

from __future__ import annotations

from governance.connections.shape import PRINTABLE, Kind, Option
from governance.enums import ConnectionKind

_OPTIONAL = "A bearer token, when the server asks for one; else leave it empty."
_USER = Option(
    "user",
    "User name",
    "Only for basic authentication; the secret is then its password.",
    r"[!-9;-~]{1,200}",
    "A user name has no spaces and no colon.",
    required=False,
)

FETCHING: dict[ConnectionKind, Kind] = {
    ConnectionKind.PAGERDUTY: Kind(
        kind=ConnectionKind.PAGERDUTY,
        purpose="An incident's log entries, alerts and notes are fetched into its chronology.",
        base_url="https://api.pagerduty.com",
        base_url_help="https://api.eu.pagerduty.com for accounts of the service region EU.",
        credential_label="API key",
        credential_help="A read-only key of a user or of the account.",
        credential_pattern=PRINTABLE,
        credential_misfit="This does not look like an API key. Copy it again, without spaces or line breaks.",
        options=(),
    ),
    ConnectionKind.PROMETHEUS: Kind(
        kind=ConnectionKind.PROMETHEUS,
        purpose="Range queries bring measured series into the chronology, each with its picture.",
        base_url="",
        base_url_help="The address before /api/v1, such as https://prometheus.example.com.",
        credential_label="Bearer token or password",
        credential_help=_OPTIONAL,
        credential_pattern=PRINTABLE,
        credential_misfit="This does not look like a token. Copy it again, without spaces or line breaks.",
        options=(_USER,),
        needs_secret=False,
    ),
    ConnectionKind.LOKI: Kind(
        kind=ConnectionKind.LOKI,
        purpose="Log lines of a query and a time are fetched.",
        base_url="",
        base_url_help="The address before /loki/api/v1, such as https://loki.example.com.",
        credential_label="Bearer token or password",
        credential_help=_OPTIONAL,
        credential_pattern=PRINTABLE,
        credential_misfit="This does not look like a token. Copy it again, without spaces or line breaks.",
        options=(
            _USER,
            Option(
                "tenant",
                "Tenant",
                "Sent as X-Scope-OrgID, when several tenants share the server.",
                r"[A-Za-z0-9._|-]{1,150}",
                "A tenant has letters, digits, dots, dashes and underscores only.",
                required=False,
            ),
        ),
        needs_secret=False,
    ),
    ConnectionKind.CLOUDWATCH: Kind(
        kind=ConnectionKind.CLOUDWATCH,
        purpose="The results of a CloudWatch Logs Insights query are fetched.",
        base_url="https://logs.eu-west-1.amazonaws.com",
        base_url_help="The endpoint of CloudWatch Logs in your region.",
        credential_label="Secret access key",
        credential_help="Of an account that may call logs:StartQuery and logs:GetQueryResults, and nothing else.",
        credential_pattern=r"[A-Za-z0-9/+=]{16,128}",
        credential_misfit="A secret access key has letters, digits and / + = only. Copy it again.",
        options=(
            Option(
                "access_key",
                "Access key id",
                "Begins with AKIA.",
                r"[A-Z0-9]{16,128}",
                "An access key id has capital letters and digits only.",
            ),
            Option(
                "region",
                "Region",
                "The same region as in the address.",
                r"[a-z]{2}(-[a-z]+)+-[0-9]",
                "A region is written like eu-west-1.",
            ),
        ),
    ),
    ConnectionKind.STATUSPAGE: Kind(
        kind=ConnectionKind.STATUSPAGE,
        purpose="What the status page told customers is fetched.",
        base_url="https://api.statuspage.io",
        base_url_help="Leave it as it is, unless a proxy stands in between.",
        credential_label="API key",
        credential_help="Of a user of the page, from the user menu under API info.",
        credential_pattern=PRINTABLE,
        credential_misfit="This does not look like an API key. Copy it again, without spaces or line breaks.",
        options=(
            Option(
                "page",
                "Page id",
                "It stands in the address of the page's management.",
                r"[a-z0-9]{6,30}",
                "A page id has small letters and digits only.",
            ),
        ),
    ),
}
