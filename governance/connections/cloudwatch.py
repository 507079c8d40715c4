"""Calls of CloudWatch Logs: JSON 1.1 with the operation in a header, each request signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import orjson

from governance.connections.http import request
from governance.connections.sigv4 import Key, signed_headers
from governance.errors import OutsideError
from governance.models import Connection

WAIT = 10.0
_WAITING = ("ThrottlingException", "LimitExceededException", "ServiceUnavailableException")
_PATIENCE = "CloudWatch Logs asks us to wait, because many queries run at once. It is tried again."
_UNKNOWN = ("UnrecognizedClientException", "InvalidSignatureException", "InvalidClientTokenId")
_REFUSED = (
    "CloudWatch Logs refused the access key or its secret. An administrator can renew them in the settings."
)
_FORBIDDEN = (
    "The account may not do this. Allow it logs:StartQuery and logs:GetQueryResults, for these log groups."
)


def call(
    client: httpx2.Client, connection: Connection, operation: str, values: dict[str, Any]
) -> dict[str, Any]:
    """One operation of Logs_20140328; raises ``OutsideError``."""
    options, body = connection.options, orjson.dumps(values)
    key = Key(options.get("access_key", ""), connection.secret, options.get("region", ""), "logs")
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"Logs_20140328.{operation}",
    }
    signed = signed_headers(key, "POST", str(client.base_url), headers, body, datetime.now(UTC))
    answer = _answered(client, body, signed, idempotent=operation != "StartQuery")
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OutsideError("The answer is not what CloudWatch Logs would say. Correct the address.")
    return found


def _answered(
    client: httpx2.Client, body: bytes, headers: dict[str, str], *, idempotent: bool
) -> httpx2.Response:
    """The answer; Amazon refuses with status 400 and a word in the body, and asks for patience so too."""
    try:
        return request(client, "POST", "", content=body, headers=headers, idempotent=idempotent)
    except OutsideError as error:
        if understood := _refusal(str(error)):
            raise understood from error
        raise


def _refusal(told: str) -> OutsideError | None:
    """What Amazon's word for a refusal means; nothing for words that are not known here."""
    if any(word in told for word in _WAITING):
        return OutsideError(_PATIENCE, retry_after=WAIT)
    if any(word in told for word in _UNKNOWN):
        return OutsideError(_REFUSED, permanent=True)
    return OutsideError(_FORBIDDEN, permanent=True) if "AccessDeniedException" in told else None
