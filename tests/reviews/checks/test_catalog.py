"""The checklist is whole: forty numbers, every code once, and the document that lists them."""

from __future__ import annotations

from pathlib import Path

from reviews.checks import CHECKS, CONFIRMABLE, FORTY, about
from reviews.checks.catalog import By, listing
from reviews.enums import ALWAYS_ASKED, WAIVABLE_CHECKS, CheckCode
from reviews.policy import Policy
from tests.reviews.checks.contents import sound

ROOT = Path(__file__).resolve().parents[3]


def test_forty_are_numbered_and_every_code_stands_once() -> None:
    assert [check.number for check in FORTY] == list(range(1, 41))
    assert [check.code for check in CHECKS] == list(CheckCode)


def test_every_check_is_one_sentence_with_a_way_out() -> None:
    for check in CHECKS:
        assert check.holds.endswith(".")
        assert check.way_out.endswith(".")
        assert check.practice


def test_what_a_person_confirms_is_about_a_part_of_the_text() -> None:
    assert len(CONFIRMABLE) == sum(check.by is By.PERSON for check in CHECKS) == 14
    parts = [about(sound(), code) for code in CONFIRMABLE]
    assert [part["check"] for part in parts] == [code.value for code in CONFIRMABLE]


def test_defaults_block_only_what_an_exception_can_be_made_from() -> None:
    for codes in Policy().blocking_checks.values():
        assert set(codes) <= set(WAIVABLE_CHECKS)
    assert set(WAIVABLE_CHECKS) | set(ALWAYS_ASKED) == set(CheckCode)


def test_document_lists_what_the_catalog_holds() -> None:
    text = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert text.endswith(listing()), (
        "Run manage.py list_checks and put its output at the end of docs/checks.md."
    )
