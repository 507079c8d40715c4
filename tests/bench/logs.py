"""A log in five formats at once, as one collector writes it, and the least that reading it can be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

import orjson

START = datetime(2018, 10, 21, 22, 52, tzinfo=UTC)
ZONES = (UTC, timezone(timedelta(hours=-4)), timezone(timedelta(hours=5, minutes=30)))
MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}


class Line(NamedTuple):
    """What a bare reader finds in a line."""

    at: datetime
    when: str
    text: str
    actor: str
    level: str


def mixed(count: int, run: int) -> Iterator[bytes]:
    """``count`` lines: of ten, six are JSON, and one each is logfmt, RFC 5424, a web server's and a plain one.

    ``run`` makes each log another file; the offsets of the times differ from line to line.
    """
    for place in range(count):
        at = (START + timedelta(milliseconds=137 * place)).astimezone(ZONES[place % 3])
        said = f"request {place * 7919 % 100_003} took {place % 431} ms on shard {place % 64}, run {run}"
        yield _written(place, at, f"service-{place % 17}", said).encode()


def _written(place: int, at: datetime, service: str, said: str) -> str:
    match place % 10:
        case 6:
            return f'time={at.isoformat()} level=info service={service} msg="{said}"'
        case 7:
            return f"<134>1 {at.isoformat()} host-{place % 5} {service} {place % 4096} - - {said}"
        case 8:
            when = at.strftime("%d/%b/%Y:%H:%M:%S %z")
            return f'10.0.{place % 16}.7 - - [{when}] "GET /orders/{place} HTTP/1.1" 200 {place % 9000} "-" "curl/8"'
        case 9:
            return f"{at.isoformat(' ')} INFO {service}: {said}"
        case _:
            record = {"timestamp": at.isoformat(), "level": "info", "logger": service, "message": said}
            return orjson.dumps(record).decode()


_LINE = re.compile(
    r'time=(?P<pair_when>\S+) level=(?P<pair_level>\w+) service=(?P<pair_actor>\S+) msg="(?P<pair_text>[^"]*)"'
    r"|<(?P<priority>\d+)>1 (?P<sys_when>\S+) \S+ (?P<sys_actor>\S+) \S+ \S+ \S+ (?P<sys_text>.*)"
    r"|\S+ \S+ \S+ \[(?P<day>\d\d)/(?P<month>\w{3})/(?P<year>\d{4}):(?P<clock>[\d:]{8}) (?P<offset>[+-]\d{4})\] "
    r'"(?P<asked>[^"]*)" (?P<status>\d{3})'
    r"|(?P<when>\d{4}-\d\d-\d\d [\d:.+-]+) (?P<level>[A-Z]+) (?P<actor>[\w-]+): (?P<text>.*)"
)


def bare(lines: Iterable[bytes]) -> Iterator[Line]:
    """Each line by ``orjson`` or by one regular expression, and ``fromisoformat``: nothing is checked or guarded."""
    for raw in lines:
        if raw[:1] == b"{":
            record = orjson.loads(raw)
            when = record["timestamp"]
            yield Line(
                datetime.fromisoformat(when), when, record["message"], record["logger"], record["level"]
            )
            continue
        found = _LINE.match(raw.decode())
        if found is None:
            raise AssertionError(f"the bare reader does not know {raw!r}")
        when, text, actor, level = _parts(found)
        yield Line(datetime.fromisoformat(when), when, text, actor, level)


def _parts(found: re.Match[str]) -> tuple[str, str, str, str]:
    if found["text"] is not None:
        return found["when"], found["text"], found["actor"], "info"
    if found["pair_when"] is not None:
        return found["pair_when"], found["pair_text"], found["pair_actor"], found["pair_level"]
    if found["sys_when"] is not None:
        return found["sys_when"], found["sys_text"], found["sys_actor"], "info"
    when = f"{found['year']}-{MONTHS[found['month']]}-{found['day']}T{found['clock']}{found['offset']}"
    return when, f"{found['asked']} {found['status']}", "", "info"
