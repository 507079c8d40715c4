"""What a delivery looks like before anybody trusts it, and the ways in which senders prove who they are.

Everything here is pure: bytes and headers in, nothing or ``Refused`` out. Comparisons take equal time whatever they
compare, so that nobody learns a secret by measuring.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from incidents.enums import HookKind, SourceKind

OLDEST_SIGNATURE = 300.0


class Refused(Exception):
    """A delivery that is not shown to come from its sender; the sentence is for the operator, not for the sender."""


class Delivery(NamedTuple):
    """One request as it came: lower-case header names, the query's values, the raw body, and the Unix time now."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    now: float


Check = Callable[[Delivery, Sequence[str], Mapping[str, Any]], None]
Answer = Callable[[Delivery], dict[str, str] | None]


def no_answer(_delivery: Delivery) -> None:
    """The sender wants no more than to be told that it arrived."""


@dataclass(frozen=True)
class Sender:
    """One kind of system that delivers to us.

    ``check`` raises ``Refused`` unless the delivery carries proof made with one of the secrets. ``id_header`` carries
    the sender's own id of the delivery. ``kept`` are the headers that say what the body is. ``answer`` gives what must
    stand in the answer of a handshake. ``setup`` tells an operator what to type where, ``secret_is`` what the secret
    is called there and who makes it.
    """

    kind: HookKind
    source: SourceKind
    check: Check
    setup: str
    secret_is: str
    id_header: str = ""
    kept: tuple[str, ...] = ()
    answer: Answer = no_answer
    options: tuple[tuple[str, str, str], ...] = ()
    secret_from_them: bool = False
    secret_in_address: bool = False
    needs_no_secret: bool = field(default=False)


def hex_mac(secret: str, data: bytes) -> str:
    """HMAC-SHA256 as lower-case hexadecimal digits."""
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()


def same(given: str, wanted: str) -> bool:
    """Whether two texts are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode(errors="replace"))


def signed(header: str, prefix: str) -> Check:
    """The header holds one or several ``<prefix><hex HMAC of the raw body>``, separated by commas."""

    def check(delivery: Delivery, secrets: Sequence[str], _options: Mapping[str, Any]) -> None:
        given = _marks(delivery.headers.get(header, ""), prefix)
        _any_fits(given, [hex_mac(secret, delivery.body) for secret in secrets], header)

    return check


def signed_with_time(header: str, prefix: str, time_header: str, base: str) -> Check:
    """Like ``signed`` over ``base`` with the time filled in, then the raw body; older than five minutes is refused."""

    def check(delivery: Delivery, secrets: Sequence[str], _options: Mapping[str, Any]) -> None:
        stamp = fresh(delivery, time_header)
        data = base.format(time=stamp).encode() + delivery.body
        given = _marks(delivery.headers.get(header, ""), prefix)
        _any_fits(given, [hex_mac(secret, data) for secret in secrets], header)

    return check


def bearer_or_basic(delivery: Delivery, secrets: Sequence[str], _options: Mapping[str, Any]) -> None:
    """``Authorization`` carries the secret: as a bearer token, or as the password of basic authentication."""
    scheme, _, value = delivery.headers.get("authorization", "").strip().partition(" ")
    given = _password(value) if scheme.lower() == "basic" else value.strip()
    if scheme.lower() not in ("basic", "bearer", "geniekey") or not given:
        raise Refused("It carries neither a bearer token nor basic authentication.")
    _any_fits([given], secrets, "authorization")


def either(*checks: Check) -> Check:
    """One of the ways must fit."""

    def check(delivery: Delivery, secrets: Sequence[str], options: Mapping[str, Any]) -> None:
        told = []
        for way in checks:
            try:
                return way(delivery, secrets, options)
            except Refused as error:
                told.append(str(error))
        raise Refused(" ".join(told))

    return check


def fresh(delivery: Delivery, header: str) -> str:
    """The time that the sender signed; raises ``Refused`` when it is missing or too far from now."""
    stamp = delivery.headers.get(header, "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 15):
        raise Refused(f"Its header {header} carries no Unix time.")
    if abs(delivery.now - int(stamp)) > OLDEST_SIGNATURE:
        raise Refused("It was signed more than five minutes ago. Check the clocks of both machines.")
    return stamp


def _marks(header: str, prefix: str) -> list[str]:
    parts = (part.strip() for part in header.split(",")[:10])
    return [part.removeprefix(prefix).lower() for part in parts if part.startswith(prefix)]


def _any_fits(given: Sequence[str], wanted: Sequence[str], header: str) -> None:
    if not given:
        raise Refused(f"Its header {header} is missing or in another form.")
    fits = [same(mark, each) for mark in given for each in wanted if each]
    if not any(fits):
        raise Refused(f"What its header {header} carries was not made with this address's secret.")


def _password(value: str) -> str:
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
