"""Log lines, JSON and plain."""

from __future__ import annotations

import pytest

from incidents.sources import Skipped
from incidents.sources.logs.feed import LONGEST_LINE
from tests.incidents.sources.helpers import entries, parse, signals


@pytest.mark.parametrize(
    ("line", "instant", "text"),
    [
        (b"2018-10-21T22:52:00Z INFO up", "2018-10-21T22:52:00+00:00", "INFO up"),
        (b"2020-11-25 02:44:00 PST INFO fleet: grows", "2020-11-25T10:44:00+00:00", "INFO fleet: grows"),
        (b"[2018-10-21 22:52:00,123 +0200] boom", "2018-10-21T20:52:00.123000+00:00", "boom"),
        (b"2018-10-21 22:52:00 UTC LOG: snapshot", "2018-10-21T22:52:00+00:00", "LOG: snapshot"),
        (b"21/Oct/2018:22:52:00 +0000 GET /", "2018-10-21T22:52:00+00:00", "GET /"),
        (b"1540162320 started", "2018-10-21T22:52:00+00:00", "started"),
        (b'{"timestamp":"2018-10-21T18:52:00-04:00","message":"lost"}', "2018-10-21T22:52:00+00:00", "lost"),
        (b'{"ts":1540162320.5,"msg":"half"}', "2018-10-21T22:52:00.500000+00:00", "half"),
        (b'{"time":1540162320123,"event":{"a":1}}', "2018-10-21T22:52:00.123000+00:00", '{"a":1}'),
    ],
)
def test_line_is_read_at_its_instant(line: bytes, instant: str, text: str) -> None:
    [found] = entries("log", line)
    assert (found.at.isoformat(), found.signal.text) == (instant, text)


def test_level_behind_a_time_is_no_zone() -> None:
    [found] = signals("log", b"2018-10-21 22:52:00 WARN disk")
    assert (found.time_text, found.text) == ("2018-10-21 22:52:00", "WARN disk")


def test_indented_lines_continue_the_line_before() -> None:
    [found] = signals("log", b"2018-10-21T22:52:00Z failed\n  at a.py\n\tat b.py\n")
    assert found.text == "failed\n  at a.py\n\tat b.py"


def test_unreadable_lines_are_skipped_and_named() -> None:
    lines = [
        b"2018-10-21T22:52:00Z fine",
        b"no time here",
        b'{"broken": ',
        b'{"message": "no time"}',
        b'{"time": "2018-10-21T22:52:00Z"}',
        b"2018-10-21T22:52:00Z \xff\xfe",
        b"2018-10-21T22:52:00Z",
        b"",
    ]
    found = parse("log", b"\n".join(lines))
    skipped = {item.location: item.reason for item in found if isinstance(item, Skipped)}
    assert list(skipped) == [f"line {number}" for number in range(2, 8)]
    assert "does not begin with a time" in skipped["line 2"]
    assert "not UTF-8" in skipped["line 6"]


def test_indented_first_line_is_skipped() -> None:
    assert isinstance(parse("log", b"  at a.py\n")[0], Skipped)


def test_overlong_line_is_passed_over_and_the_next_is_read() -> None:
    raw = b"2018-10-21T22:52:00Z " + b"x" * (3 * LONGEST_LINE) + b"\n2018-10-21T22:53:00Z next\n"
    first, second = parse("log", raw)
    assert isinstance(first, Skipped)
    assert "longer than 256 KB" in first.reason
    assert not isinstance(second, Skipped)
    assert (second.text, second.location) == ("next", "line 2")


def test_byte_order_mark_does_not_hide_the_first_line() -> None:
    assert [item.text for item in signals("log", b"\xef\xbb\xbf2018-10-21T22:52:00Z up")] == ["up"]
