"""Amazon's Signature Version 4 for one request with a body (AWS General Reference, "Signing AWS API requests")."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


class Key(NamedTuple):
    """An access key with the place that it is used for."""

    access_key: str
    secret: str
    region: str
    service: str


def signed_headers(
    key: Key, method: str, url: str, headers: Mapping[str, str], body: bytes, at: datetime
) -> dict[str, str]:
    """The given headers with ``host``, ``x-amz-date`` and the ``authorization`` that signs all of them."""
    parts = urlsplit(url)
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    signed = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    signed |= {"host": parts.netloc, "x-amz-date": stamp}
    names = ";".join(sorted(signed))
    canonical = "\n".join(
        (
            method,
            quote(parts.path or "/", safe="/-_.~"),
            "&".join(sorted(parts.query.split("&"))) if parts.query else "",
            "".join(f"{name}:{signed[name]}\n" for name in sorted(signed)),
            names,
            hashlib.sha256(body).hexdigest(),
        )
    )
    scope = f"{stamp[:8]}/{key.region}/{key.service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(
        _signing_key(key, stamp[:8]), f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}".encode(), hashlib.sha256
    ).hexdigest()
    credential = f"Credential={key.access_key}/{scope}"
    return {
        **signed,
        "authorization": f"{ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}",
    }


def _signing_key(key: Key, day: str) -> bytes:
    """The day's key: each step is keyed by the one before."""
    made = f"AWS4{key.secret}".encode()
    for step in (day, key.region, key.service, "aws4_request"):
        made = hmac.new(made, step.encode(), hashlib.sha256).digest()
    return made
