"""A sentence that a model suggested says so in every form of a publication."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django_scopes import scope

from reviews.publishers import slack, storage
from reviews.publishers.origins import suggested_by
from reviews.publishers.printed import context_of
from reviews.publishers.published import Published, load
from tests.factories import make_organization
from tests.factories.reviews import SIGNED_SENTENCE, make_publication

pytestmark = pytest.mark.django_db
TOLD = "suggested by the model large-7b"


@pytest.fixture
def published() -> Published:
    """A publication whose summary a model suggested."""
    organization = make_organization()
    publication = make_publication(organization)
    with scope(organization=organization):
        loaded = load(publication.pk)
    _summary(loaded).update(provenance="model", author=None, model="large-7b")
    return loaded


def _summary(published: Published) -> dict[str, Any]:
    found: dict[str, Any] = published.content["sections"][0]["passages"][0]
    assert found["text"] == SIGNED_SENTENCE
    return found


def test_confluence_names_the_model(published: Published) -> None:
    assert f"<em>({TOLD})</em>" in storage.page_body(published)


def test_slack_names_the_model(published: Published) -> None:
    assert TOLD in json.dumps(slack.message_blocks(published, "marker", []))


def test_pdf_names_the_model(published: Published) -> None:
    section = context_of(published)["sections"][0]
    assert f"({TOLD})" in render_to_string("reviews/print/_section.html", {"section": section})


def test_record_may_name_the_model() -> None:
    written = json.loads((Path(settings.BASE_DIR) / "docs/portable-record.schema.json").read_text())
    passage = written["$defs"]["passage"]
    assert passage["properties"]["model"]["type"] == "string" and "model" not in passage["required"]


@pytest.mark.parametrize(
    ("passage", "told"),
    [
        ({"provenance": "model", "model": "large-7b"}, TOLD),
        ({"provenance": "model", "model": ""}, "suggested by a model"),
        ({"provenance": "evidence"}, ""),
        ({"provenance": "person"}, ""),
        ({}, ""),
    ],
)
def test_only_sentences_of_models_are_marked(passage: dict[str, Any], told: str) -> None:
    assert suggested_by(passage) == told
