"""All ten sections and their own titles in every form of a publication; empty ones take no room."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django_scopes import scope

from config.env import ROOT
from governance.models import Organization
from reviews.enums import SectionKey
from reviews.publishers.pdf import document_html
from reviews.publishers.published import Published, load
from reviews.publishers.slack import message_blocks
from reviews.publishers.storage import page_body
from tests.factories.reviews import make_publication

EMPTY = (SectionKey.SURPRISES, SectionKey.LESSONS)


def section(published: Published, key: SectionKey) -> dict[str, Any]:
    pattern = published.content["sections"][0]["passages"][0]
    passages = [] if key in EMPTY else [{**pattern, "text": f"Words of {key.value}."}]
    body = "" if key in EMPTY else f"Words of {key.value}."
    return {"key": key.value, "title": f"Our <{key.value}>", "body": body, "passages": passages}


@pytest.fixture
def published(organization: Organization) -> Published:
    made = load(make_publication(organization).pk)
    sections = [section(made, key) for key in SectionKey]
    return replace(made, content={**made.content, "sections": sections})


def test_pdf_and_confluence_print_every_written_section_by_its_own_title(published: Published) -> None:
    with scope(organization=published.publication.organization):
        pages = document_html(published), page_body(published)
    for page in pages:
        for key in SectionKey:
            assert (f"Our &lt;{key.value}&gt;" in page) == (key not in EMPTY), key
            assert (f"Words of {key.value}." in page) == (key not in EMPTY), key


def test_slack_says_the_summary_under_its_own_title(published: Published) -> None:
    text = str(message_blocks(published, "marker", []))
    assert "*Our &lt;summary&gt;*" in text
    assert "Words of summary." in text
    usual = [{**one, "title": SectionKey(one["key"]).label} for one in published.content["sections"]]
    said = str(message_blocks(replace(published, content={**published.content, "sections": usual}), "m", []))
    assert "*What happened*" in said


def test_record_schema_knows_every_section() -> None:
    schema = json.loads((ROOT / "docs" / "portable-record.schema.json").read_text(encoding="utf-8"))
    assert schema["$defs"]["section_key"]["enum"] == list(SectionKey.values)
