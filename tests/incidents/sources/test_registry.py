"""Finding a source, and reading JSON that is damaged."""

from __future__ import annotations

import pytest

from incidents.enums import SourceKind
from incidents.errors import EvidenceRefused
from incidents.sources import get
from tests.incidents.sources.helpers import parse

JSON_KINDS = [SourceKind.PAGERDUTY, SourceKind.SLACK, SourceKind.ALERTMANAGER, SourceKind.GITHUB]


@pytest.mark.parametrize("kind", SourceKind.values)
def test_every_kind_has_a_source(kind: str) -> None:
    assert get(kind).kind == kind


def test_unknown_source_is_refused_with_the_known_ones() -> None:
    with pytest.raises(EvidenceRefused, match="Choose one of: pagerduty, slack, alertmanager, github, log"):
        get("telepathy")


@pytest.mark.parametrize("kind", JSON_KINDS)
def test_truncated_json_is_refused_as_cut_off(kind: str) -> None:
    with pytest.raises(EvidenceRefused, match=r"stops before its end, at line \d+: the file was cut off"):
        parse(kind, b'[\n{"ts": "1540162920.000100", "text": "he')


@pytest.mark.parametrize("kind", JSON_KINDS)
def test_text_that_is_no_json_is_refused(kind: str) -> None:
    with pytest.raises(EvidenceRefused, match=r"no valid JSON \(line 1, column \d+\)"):
        parse(kind, b"2018-10-21T22:52:00Z a log line\nand another")


@pytest.mark.parametrize("kind", JSON_KINDS)
def test_endless_nesting_is_refused(kind: str) -> None:
    with pytest.raises(EvidenceRefused):
        parse(kind, b"[" * 100_000 + b"]" * 100_000)
