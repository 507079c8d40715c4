"""Log lines: every family of formats, alone and mixed."""

from __future__ import annotations

import io

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.chronology import normalize
from incidents.enums import Lane, Trust
from incidents.errors import EvidenceRefused, TimeNotCertain
from incidents.sources import ParseContext, Signal, Skipped, get
from incidents.sources.base import NOTHING, About
from tests.incidents.sources.helpers import entries, parse, signals

AT = "2026-01-09T11:00:00+00:00"


def read_one(line: bytes, context: ParseContext | None = None) -> tuple[str, Signal]:
    """The instant and the signal of a file of one line."""
    context = context or ParseContext()
    [found] = get("log").parse(io.BytesIO(line), context)
    assert isinstance(found, Signal), found
    return normalize(found, context).at.isoformat(), found


@pytest.mark.parametrize(
    ("line", "level", "actor", "text"),
    [
        (b'{"time":"2026-01-09T11:00:00Z","level":"WARN","logger":"pool","msg":"low"}', "warning", "pool", "low"),
        (b'{"@timestamp":"2026-01-09T12:00:00+01:00","log.level":"error","service.name":"pay","message":"no"}',
         "error", "pay", "no"),
        (b'{"time":1767956400000,"level":50,"name":"api","msg":"boom"}', "error", "api", "boom"),
        (b'{"timestamp":1767956400.0,"level":4,"host":"h1","short_message":"full"}', "warning", "h1", "full"),
        (b'{"log":"ready\\n","stream":"stdout","time":"2026-01-09T11:00:00.000000000Z"}', "", "", "ready"),
        (b'{"t":{"$date":"2026-01-09T11:00:00.000+00:00"},"s":"E","msg":"lost"}', "error", "", "lost"),
        (b'{"ts":"2026-01-09T11:00:00Z","level":"error","msg":"failed","err":"timeout"}', "error", "",
         "failed: timeout"),
        (b'{"ts":"2026-01-09T11:00:00Z","method":"GET","status":500}', "", "", "method=GET status=500"),
        (b'ts=2026-01-09T11:00:00Z level=info logger=web msg="ready \\"to\\" serve" a=', "info", "web",
         'ready "to" serve'),
        (b"level=debug ts=2026-01-09T11:00:00Z caller=a.go:1 duration=5s", "debug", "",
         "level=debug ts=2026-01-09T11:00:00Z caller=a.go:1 duration=5s"),
        (b"<11>1 2026-01-09T11:00:00.000Z h1 cart 12 ID47 - \xef\xbb\xbfno stock", "error", "cart", "no stock"),
        (b'<164>1 2026-01-09T12:00:00+01:00 h1 - - - [x@1 a="b \\"c\\" \\]"][y@2 d="e"] careful', "warning", "h1",
         "careful"),
        (b"<30>1 2026-01-09T11:00:00Z h1 cart - - -  six", "info", "cart", "six"),
        (b"<191>1 2026-01-09T11:00:00Z h1 cart - - - seven", "debug", "cart", "seven"),
        (b"<34>2026-01-09T11:00:00Z h1 sshd[4]: key", "error", "sshd", "key"),
        (b"2026-01-09T11:00:00.000000+00:00 h1 sshd[4]: key", "", "sshd", "key"),
        (b'10.1.12.13 - frank [09/Jan/2026:11:00:00 +0000] "GET /a?b=1 HTTP/1.1" 503 12 "-" "x \\"y\\""', "error", "",
         "GET /a?b=1 503"),
        (b'::1 - - [09/Jan/2026:12:00:00 +0100] "POST /pay HTTP/2.0" 404 -', "warning", "", "POST /pay 404"),
        (b'shop.example:443 10.0.0.1 - - [09/Jan/2026:11:00:00 +0000] "GET / HTTP/1.1" 200 5', "info",
         "shop.example:443", "GET / 200"),
        (b'10.0.0.1 - - [09/Jan/2026:11:00:00 +0000] "-" 400 0', "warning", "", "- 400"),
        (b"2026-01-09T11:00:00.000000000Z stdout F ERROR no stock", "error", "", "ERROR no stock"),
        (b'2026-01-09T11:00:00.000000000Z stderr F {"time":"2026-01-09T10:59:59Z","level":"warn","msg":"late"}',
         "warning", "", "late"),
        (b'2026-01-09T11:00:00.000000000Z stdout F time=2026-01-09T10:59:59Z level=warn msg="late too"', "warning", "",
         "late too"),
        (b"2026-01-09T11:00:00.000000000Z ready", "", "", "ready"),
        (b"[pod/cart-7d/web] 2026-01-09T11:00:00.000000000Z DEBUG ready", "debug", "web", "DEBUG ready"),
        (b"2026/01/09 11:00:00 UTC [error] 12#12: *1 upstream timed out", "error", "",
         "[error] 12#12: *1 upstream timed out"),
        (b"[Fri Jan 09 11:00:00.000000 UTC 2026] [core:warn] [pid 1] late", "warning", "",
         "[core:warn] [pid 1] late"),
        (b"09 Jan 2026 11:00:00 GMT up", "", "", "up"),
        (b"Jan  9 2026 11:00:00 UTC fw1 asa: denied", "", "asa", "denied"),
    ],
)  # fmt: skip
def test_each_format_gives_instant_level_actor_and_text(
    line: bytes, level: str, actor: str, text: str
) -> None:
    at, found = read_one(line)
    assert (at, found.level, found.actor, found.text) == (AT, level, actor, text)
    assert (found.lane, found.trust, found.location) == (Lane.LOG, Trust.OBSERVED, "line 1")


@pytest.mark.parametrize(
    ("line", "about"),
    [
        (
            b'{"ts":"2026-01-09T11:00:00Z","msg":"x","service":"pay","region":"eu-west-1","tenant_id":42}',
            About(("pay",), "eu-west-1", "42"),
        ),
        (b"ts=2026-01-09T11:00:00Z msg=x app=pay customer=acme", About(("pay",), "", "acme")),
        (
            b'<14>1 2026-01-09T11:00:00Z h a - - [m@1 service="pay" account_id="a7"] x',
            About(("pay",), "", "a7"),
        ),
    ],
)
def test_service_region_and_customer_are_told(line: bytes, about: About) -> None:
    assert read_one(line)[1].about == about


def test_line_that_names_nobody_shares_the_empty_about() -> None:
    assert read_one(b'{"ts":"2026-01-09T11:00:00Z","msg":"x","service":""}')[1].about is NOTHING


def test_syslog_without_a_year_is_asked_and_read_once_it_is_declared() -> None:
    line = b"<131>Jan  9 12:00:00 h1 cart[12]: no stock"
    with pytest.raises(TimeNotCertain, match=r"has no year\. Declare the year"):
        read_one(line, ParseContext(zone="Europe/Berlin"))
    with pytest.raises(TimeNotCertain, match="names no zone"):
        read_one(line, ParseContext(year=2026))
    at, found = read_one(line, ParseContext(zone="Europe/Berlin", year=2026))
    assert (at, found.level, found.actor, found.text) == (AT, "error", "cart", "no stock")


def test_swapped_dates_are_read_in_the_declared_order() -> None:
    context = ParseContext(zone="UTC", date_order="mdy")
    assert read_one(b"01/09/2026 11:00:00 up", context)[0] == AT
    assert read_one(b"09.01.2026 11:00 up", ParseContext(zone="UTC", date_order="dmy"))[0] == AT


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"<14>1 - h a - - - x", "the sender did not know it"),
        (b"<14>1 2026-01-09T11:00:00Z h", "ends inside its syslog header"),
        (b"<14>someday", "no time behind the priority"),
        (b"<999>1 2026-01-09T11:00:00Z h a - - - x", "does not begin with a time"),
        (b"<14>1 2026-01-09T11:00:00Z h a - - -", "nothing after the time"),
        (b"level=info msg=x", "It has no time"),
        (b'{"time":"2026-01-09T11:00:00Z","message":""}', "It has no text"),
        (b'{"time":null,"message":"x"}', "It has no time"),
        (b'{"time":"2026-01-09T11:00:00Z","message":"\xff"}', "not UTF-8"),
        (b'{"time":"2026-01-09T11:00:00Z","mess', "not valid JSON"),
    ],
)
def test_malformed_line_is_skipped_with_a_reason(line: bytes, reason: str) -> None:
    bad, good = parse("log", line + b"\n2026-01-09T11:00:00Z next\n")
    assert isinstance(bad, Skipped) and reason in bad.reason
    assert isinstance(good, Signal) and good.text == "next"


def test_mixed_formats_are_read_line_by_line() -> None:
    lines = [
        b'{"ts":"2026-01-09T11:00:00Z","msg":"json"}',
        b"ts=2026-01-09T11:00:00Z msg=logfmt",
        b"<14>1 2026-01-09T11:00:00Z h a - - - syslog",
        b"2026-01-09T11:00:00Z stdout F container",
        b'10.0.0.1 - - [09/Jan/2026:11:00:00 +0000] "GET /access HTTP/1.1" 200 5',
        b"2026-01-09T11:00:00Z plain",
    ]
    found = entries("log", b"\r\n".join(lines))
    assert [item.signal.text for item in found] == [
        "json", "logfmt", "syslog", "container", "GET /access 200", "plain",
    ]  # fmt: skip
    assert {item.at.isoformat() for item in found} == {AT}


def test_pieces_of_a_container_line_are_joined_for_each_stream() -> None:
    found = signals(
        "log",
        b"2026-01-09T11:00:00.1Z stdout P one \n"
        b"2026-01-09T11:00:00.2Z stderr P other \n"
        b"2026-01-09T11:00:00.3Z stdout P two \n"
        b"2026-01-09T11:00:00.4Z stdout F three\n"
        b"2026-01-09T11:00:00.5Z stderr F end\n"
        b"2026-01-09T11:00:00.6Z stdout F \n"
        b"2026-01-09T11:00:00.7Z stdout P never whole\n",
    )
    assert [(item.time_text[-3:], item.text, item.location) for item in found] == [
        (".1Z", "one two three", "line 1"),
        (".2Z", "other end", "line 2"),
        (".7Z", "never whole", "line 7"),
    ]


def test_pieces_of_a_json_line_are_read_as_one_object() -> None:
    [found] = signals(
        "log",
        b'2026-01-09T11:00:00Z stdout P {"level":"error","ms\n2026-01-09T11:00:00Z stdout F g":"whole"}\n',
    )
    assert (found.level, found.text) == ("error", "whole")


def test_last_words_of_a_stack_trace_belong_to_it() -> None:
    [found] = signals(
        "log",
        b"2026-01-09T11:00:00Z ERROR failed\nTraceback (most recent call last):\n  File x\nValueError: boom\n"
        b"java.io.IOException: gone\n\tat b\nCaused by: c\n",
    )
    assert found.text.splitlines()[-1] == "Caused by: c"
    assert "ValueError: boom" in found.text


def test_long_stack_trace_is_cut() -> None:
    [found] = signals("log", b"2026-01-09T11:00:00Z failed\n" + b"  at somewhere in the code\n" * 3000)
    assert len(found.text) == 20_000


def test_lines_keep_their_order_and_number_over_many_blocks() -> None:
    count = 20_000
    raw = b"".join(b"2026-01-09T11:00:00Z line %d of a log that is long\n" % n for n in range(1, count + 1))
    found = signals("log", raw)
    assert [item.location for item in found] == [f"line {n}" for n in range(1, count + 1)]
    assert all(item.text.startswith(f"{item.location} of") for item in found)


@pytest.mark.parametrize("size", [256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 700 * 1024])
def test_line_as_long_as_a_block_does_not_hide_its_neighbors(size: int) -> None:
    raw = b"2026-01-09T11:00:00Z a\n" + b"x" * size + b"\n2026-01-09T11:00:00Z b\n"
    first, second, third = sorted(parse("log", raw), key=lambda item: item.location)
    assert isinstance(first, Signal) and isinstance(second, Skipped) and isinstance(third, Signal)
    assert ("longer than" in second.reason) == (size >= 256 * 1024)
    assert (first.text, third.text, third.location) == ("a", "b", "line 3")


VALID = [
    b'{"time":"2026-01-09T11:00:00Z","level":"warn","service":"a","msg":"b","error":{"message":"c"},"tenant":1}',
    b'ts=2026-01-09T11:00:00Z level=info msg="a \\" b" service=c',
    b'<11>1 2026-01-09T11:00:00.000Z h1 cart 12 ID47 [a@1 tenant="b"] c',
    b"<13>Jan  9 11:00:00 h1 cart[1]: a",
    b'10.0.0.1 - - [09/Jan/2026:11:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-"',
    b"2026-01-09T11:00:00.000000000Z stdout P a",
    b'{"__REALTIME_TIMESTAMP":"1767956400000000","MESSAGE":[104,105],"PRIORITY":"3"}',
    b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1767956400000000\nMESSAGE\n\x02\x00\x00\x00\x00\x00\x00\x00hi\n",
    b"time,message,level\n2026-01-09T11:00:00Z,a,info\n",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
]


@given(st.binary(max_size=200), st.sampled_from([b"", *VALID]), st.integers(0, 120), st.binary(max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_skipped_or_refused(before: bytes, sample: bytes, cut: int, after: bytes) -> None:
    for raw in (before + sample[:cut] + after, sample[:cut] + after + sample[cut:], sample + b"\n" + after):
        try:
            found = parse("log", raw, "UTC")
        except EvidenceRefused:
            continue
        for item in found:
            assert isinstance(item, Signal | Skipped)
            assert isinstance(item, Skipped) or (item.text.strip() and item.time_text)


SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["time", "msg", "message", "error", "level", "service", "region", "tenant", "log", "kubernetes",
     "__REALTIME_TIMESTAMP", "MESSAGE", "PRIORITY", "_SYSTEMD_UNIT", "__CURSOR", ""]
)  # fmt: skip


@given(st.dictionaries(NAMES, VALUES | st.just("2026-01-09T11:00:00Z"), max_size=8))
@settings(max_examples=400, deadline=None)
def test_json_of_any_types_is_read_or_skipped(record: dict[str, object]) -> None:
    for item in parse("log", orjson.dumps(record), "UTC"):
        assert isinstance(item, Skipped) or all(
            isinstance(part, str) for part in (item.time_text, item.text, item.actor, item.level, item.zone)
        )


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(max_size=30), max_size=6))
def test_logfmt_of_any_values_comes_back(record: dict[str, str]) -> None:
    record = {name: value.replace("\n", " ").strip() for name, value in record.items()} | {"msg": "said"}
    line = " ".join(f"{name}={orjson.dumps(value).decode()}" for name, value in record.items())
    found = parse("log", f"ts=2026-01-09T11:00:00Z {line}".encode())
    assert any(isinstance(item, Signal) and item.text.startswith("said") for item in found) or "\x85" in line
