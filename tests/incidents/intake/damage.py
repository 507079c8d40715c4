"""Bodies as no sender makes them: cut off, changed, of wrong types, nested without end, or no JSON at all."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.incidents.intake.samples import bytes_of

DEEP = 10_000
ODD_VALUES: list[Any] = [
    None, True, False, 0, -1, 1e308, 2**63, 2**64, 10**400, "", " ", "\x00", "a\x00b", "\u2028", "é" * 300, "x" * 5000,
    "9" * 400, "\x1f", "<@U1|", "{", "[]", [], {}, [[]], [None], {"": ""}, {"a": {"b": []}}, "\ud800",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z", "2026-03-01T12:00:00Z", "2026-03-01 12:00:00", "03/11/2026 09:00", "Jan  9 11:00:00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 1772366400, 1772366400000, -62135596800, "ñ́", "-", "\n",
]  # fmt: skip
WHOLE: list[bytes] = [
    b"null", b"true", b"0", b'""', b"[]", b"{}", b"[[]]", b"[null]", b"[{}]", b'{"events": null}',
    b'{"alerts": [null]}',
    b"{", b"[", b'"', b"\x00", b"\x00" * 100, b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\xc3\x28", b"\xed\xa0\x80",
    b'{"text": "\xff"}', b'{"at": "\\ud800"}', b'{"a": NaN}', b'{"a": Infinity}', b"1e99999", b"-", b"9" * 5000,
    b'{"a": ' + b"9" * 4500 + b"}", b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b"payload=%7B%22a%22%3A1%7D", b"<xml><a/></xml>", b"2026-03-01T12:00:00Z it broke\n", b"\x1f\x8b\x08\x00junk",
    b"PK\x03\x04",
    b'{"a": 1}{"a": 2}', b" ", b"\n\n", b"'", b"--boundary\r\n", "{“a”: 1}".encode(), "\u202e".encode(),
]  # fmt: skip


def damaged(samples: list[Any], pick: Random) -> bytes:
    """One body: now and then as it should be, mostly damaged in one of the ways in which bodies are."""
    way = pick.choice(
        (_as_it_is, _cut_off, _flipped, _other_types, _other_types, _other_types, _none_at_all, _repeated)
    )
    return way(samples, pick) or b" "


def hostile() -> Iterator[bytes]:
    """The bodies that are always tried, one of five megabytes among them."""
    yield from WHOLE
    yield b'{"alerts": [' + b'{"a": "' + b"a" * 1000 + b'"},' * 5000 + b"{}]}"


def _as_it_is(samples: list[Any], pick: Random) -> bytes:
    return bytes_of(pick.choice(samples))


def _cut_off(samples: list[Any], pick: Random) -> bytes:
    whole = bytes_of(pick.choice(samples))
    return whole[: pick.randrange(len(whole))]


def _flipped(samples: list[Any], pick: Random) -> bytes:
    changed = bytearray(bytes_of(pick.choice(samples)))
    for _ in range(pick.randint(1, 8)):
        changed[pick.randrange(len(changed))] = pick.randrange(256)
    return bytes(changed)


def _other_types(samples: list[Any], pick: Random) -> bytes:
    """Up to four values, at any depth, are others or are missing; NaN and halves of surrogates go over the wire too."""
    document = copy.deepcopy(pick.choice(samples))
    places = list(
        _places(document)
    )  # of the sample only: an odd value that was put in is shared, and must stay as it is
    for holder, key in (pick.choice(places) for _ in range(pick.randint(1, 4) if places else 0)):
        if isinstance(holder, dict) and pick.random() < 0.3:
            holder.pop(key, None)
        else:
            holder[key] = pick.choice(ODD_VALUES)
    return json.dumps(document, ensure_ascii=pick.random() < 0.5).encode(errors="surrogatepass")


def _none_at_all(_samples: list[Any], pick: Random) -> bytes:
    return pick.choice(WHOLE) if pick.random() < 0.5 else pick.randbytes(pick.randint(1, 200))


def _repeated(samples: list[Any], pick: Random) -> bytes:
    """A list of several, which no webhook sends."""
    return bytes_of([pick.choice(samples) for _ in range(pick.randint(0, 5))])


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Each value inside, as the object or list that holds it and the key or position; however deep it is nested."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        inside = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, held in inside:
            yield value, key
            waiting.append(held)
