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
    answer = request(client, "POST", "", content=body, headers=signed, idempotent=operation != "StartQuery")
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OutsideError("The answer is not what CloudWatch Logs would say. Correct the address.")
    return found
