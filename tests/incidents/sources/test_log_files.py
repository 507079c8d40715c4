"""Log files that are more than lines: tables, the journal's exports, and what gzip packed."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from incidents.chronology import NormalizedEntry, normalize
from incidents.errors import EvidenceRefused
from incidents.sources import ParseContext, Signal, Skipped, get
from incidents.sources.unpacked import unpacked
from tests.incidents.sources.helpers import entries, parse, signals

AT = "2026-01-09T11:00:00+00:00"
JOURNAL = {
    "__CURSOR": "s=1;i=2",
    "__REALTIME_TIMESTAMP": "1767956400000000",
    "MESSAGE": "pool is empty",
    "PRIORITY": "3",
    "SYSLOG_IDENTIFIER": "cart",
    "_SYSTEMD_UNIT": "cart.service",
}


def read_all(raw: bytes, context: ParseContext) -> list[NormalizedEntry]:
    found = get("log").parse(io.BytesIO(raw), context)
    return [normalize(item, context) for item in found if isinstance(item, Signal)]


def test_table_is_read_by_the_usual_names_of_its_columns() -> None:
    [found] = entries(
        "log",
        b"\xef\xbb\xbfLevel,@timestamp,Service Name,Message,Region,Customer-ID\r\n"
        b'Warning,2026-01-09T12:00:00+01:00,pay,"low, and ""empty""",eu-west-1,42\r\n',
    )
    signal = found.signal
    assert (found.at.isoformat(), signal.text, signal.level) == (AT, 'low, and "empty"', "warning")
    assert (signal.actor, signal.about.services, signal.about.region, signal.about.customer) == (
        "pay", ("pay",), "eu-west-1", "42",
    )  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_table_may_use_any_usual_delimiter(delimiter: str) -> None:
    rows = [["time", "severity", "message"], ["2026-01-09T11:00:00Z", "err", "lost"]]
    [found] = signals("log", "\n".join(map(delimiter.join, rows)).encode())
    assert (found.text, found.level, found.location) == ("lost", "error", "line 2")


def test_value_over_several_lines_stays_one_row() -> None:
    found = signals("log", b'time,message\n2026-01-09T11:00:00Z,"a\nb"\n2026-01-09T11:00:01Z,c\n')
    assert [(item.text, item.location) for item in found] == [("a\nb", "line 2"), ("c", "line 4")]


def test_unknown_columns_are_asked_by_their_names() -> None:
    raw = b"Zeitpunkt,Meldung,Knoten\n09.01.2026 12:00:00,weg,k1\n"
    with pytest.raises(
        EvidenceRefused, match=r"holds the time and the text\. .*“Zeitpunkt”, “Meldung”, “Knoten”"
    ):
        parse("log", raw)
    columns = {"time": "Zeitpunkt", "text": "Meldung", "actor": "Knoten"}
    [found] = read_all(raw, ParseContext(zone="Europe/Berlin", date_order="dmy", columns=columns))
    assert (found.at.isoformat(), found.signal.text, found.signal.actor) == (AT, "weg", "k1")


def test_declared_column_that_is_not_there_is_refused_with_the_headings() -> None:
    context = ParseContext(columns={"time": "when", "text": "what"})
    with pytest.raises(EvidenceRefused, match=r"no column “what”\. Its headings are: “when”, “where”"):
        get("log").parse(io.BytesIO(b"when,where\n2026-01-09T11:00:00Z,here\n"), context)


def test_rows_that_cannot_be_read_are_skipped() -> None:
    found = parse(
        "log",
        b"time,message\n,no time\n2026-01-09T11:00:00Z,\n\n2026-01-09T11:00:00Z,\xff\n2026-01-09T11:00:00Z\n"
        + b"2026-01-09T11:00:00Z,"
        + b"x" * 300_000
        + b"\n2026-01-09T11:00:01Z,good\n",
    )
    reasons = [(item.location, item.reason) for item in found if isinstance(item, Skipped)]
    assert [location for location, _ in reasons] == ["line 2", "line 3", "line 5", "line 6", "line 7"]
    assert "longer than 256 KB" in reasons[-1][1]
    assert [item.text for item in found if isinstance(item, Signal)] == ["good"]


def test_value_that_is_never_closed_is_named_and_does_not_fill_the_memory() -> None:
    found = parse("log", b'time,message\n2026-01-09T11:00:00Z,"' + b"open\n" * 60_000)
    assert any(isinstance(item, Skipped) and "not closed" in item.reason for item in found)


def test_words_with_commas_are_no_table() -> None:
    found = parse("log", b"hello, world\n2026-01-09T11:00:00Z one, two\n")
    assert isinstance(found[0], Skipped) and isinstance(found[1], Signal)


def test_journal_as_json_is_read_by_its_own_fields() -> None:
    [found] = entries("log", orjson.dumps(JOURNAL))
    signal = found.signal
    assert (found.at.isoformat(), signal.text, signal.level) == (AT, "pool is empty", "error")
    assert (signal.actor, signal.about.services, signal.identity) == ("cart", ("cart",), "journal s=1;i=2")


def test_journal_message_may_be_a_list_of_bytes() -> None:
    [found] = signals("log", orjson.dumps({**JOURNAL, "MESSAGE": list("größer\n".encode())}))
    assert found.text == "größer"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"MESSAGE": None}, "no MESSAGE"),
        ({"MESSAGE": [1, 300]}, "no MESSAGE"),
        ({"MESSAGE": ["x"]}, "no MESSAGE"),
        ({"__REALTIME_TIMESTAMP": "soon"}, "no number of microseconds"),
        ({"__REALTIME_TIMESTAMP": 5}, "no number of microseconds"),
    ],
)
def test_journal_entry_without_time_or_words_is_skipped(fields: dict[str, object], reason: str) -> None:
    [found] = parse("log", orjson.dumps({**JOURNAL, **fields}))
    assert isinstance(found, Skipped) and reason in found.reason


def exported(*records: dict[str, str]) -> bytes:
    """Records as ``journalctl -o export`` writes them."""
    return b"\n".join(b"".join(_exported(name, value.encode()) for name, value in r.items()) for r in records)


def _exported(name: str, value: bytes) -> bytes:
    if b"\n" in value:
        return b"%s\n%s%s\n" % (name.encode(), len(value).to_bytes(8, "little"), value)
    return b"%s=%s\n" % (name.encode(), value)


def test_journal_export_is_read_block_by_block() -> None:
    second = {**JOURNAL, "MESSAGE": "trace\n  at a\n\n  at b", "PRIORITY": "6", "__CURSOR": "s=1;i=3"}
    first, other = entries("log", exported(JOURNAL, second))
    assert (first.at.isoformat(), first.signal.text, first.signal.location) == (AT, "pool is empty", "line 1")
    assert (other.signal.text, other.signal.level) == ("trace\n  at a\n\n  at b", "info")
    assert other.signal.location == "line 8"


def test_journal_export_that_was_cut_off_says_so() -> None:
    raw = exported(JOURNAL, {**JOURNAL, "MESSAGE": "a\nb"})
    first, cut = parse("log", raw[: raw.index(b"a\nb") + 2])
    assert isinstance(first, Signal) and isinstance(cut, Skipped) and "cut off" in cut.reason


@pytest.mark.parametrize(("dump", "line"), [("x" * 900_000, 9), ("x\n" * 450_000, 450_010)])
def test_core_dump_in_a_journal_export_does_not_hide_what_follows(dump: str, line: int) -> None:
    first, other = signals("log", exported({**JOURNAL, "COREDUMP": dump}, {**JOURNAL, "MESSAGE": "next"}))
    assert (first.text, other.text) == ("pool is empty", "next")
    assert other.location == f"line {line}"


def test_long_journal_export_is_read_over_many_blocks() -> None:
    records = [{**JOURNAL, "MESSAGE": f"{n}\n{'x' * 200}"} for n in range(3000)]
    found = signals("log", exported(*records))
    assert [item.text.partition("\n")[0] for item in found] == [str(n) for n in range(3000)]


LINES = b"2026-01-09T11:00:00Z one\n2026-01-09T11:00:01Z two\n"


def test_gzip_is_unpacked_while_it_is_read() -> None:
    assert [item.text for item in signals("log", gzip.compress(LINES))] == ["one", "two"]
    assert len(signals("log", gzip.compress(LINES) + gzip.compress(LINES) + bytes(512))) == 4


def test_gzip_holds_json_of_every_source() -> None:
    assert signals(
        "loki", gzip.compress(b'{"streams":[{"stream":{},"values":[["1767956400000000000","x"]]}]}')
    )


@pytest.mark.parametrize("keep", [3, 15, -9, -1])
def test_gzip_that_was_cut_off_is_refused(keep: int) -> None:
    with pytest.raises(EvidenceRefused, match="stops before its end"):
        parse("log", gzip.compress(LINES * 50)[:keep])


def test_damaged_gzip_is_refused() -> None:
    raw = bytearray(gzip.compress(LINES * 500, mtime=0))
    raw[20:40] = bytes(20)
    with pytest.raises(EvidenceRefused, match=r"damaged|stops before"):
        parse("log", bytes(raw))


def test_gzip_that_unpacks_to_too_much_is_refused_on_the_way(settings: Settings) -> None:
    settings.EVIDENCE_MAX_BYTES = 1024 * 1024
    raw = gzip.compress(LINES * (5 * 1024 * 1024 // len(LINES)))
    reading: Iterator[Signal | Skipped] = get("log").parse(io.BytesIO(raw), ParseContext())
    assert isinstance(next(reading), Signal)
    with pytest.raises(EvidenceRefused, match=r"unpacks to more than 4 MB.*AFTERWORD_EVIDENCE_MAX_BYTES"):
        list(reading)


@given(st.binary(max_size=2000), st.integers(1, 400))
def test_whatever_was_packed_comes_back(content: bytes, times: int) -> None:
    assert unpacked(io.BytesIO(gzip.compress(content * times, 1))).read() == content * times
