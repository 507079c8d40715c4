"""The day on which an action item is looked at, wherever a publication goes; nothing where nobody set one."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django_scopes import scope

from remediation.trackers.jira import issue_fields
from reviews.models import Publication
from reviews.publishers import printed, storage
from reviews.publishers.published import Published, load
from tests.factories import make_organization
from tests.factories.reviews import make_publication
from tests.reviews.publishers.schema import faults

pytestmark = pytest.mark.django_db
SCHEMA = json.loads((Path(settings.BASE_DIR) / "docs" / "portable-record.schema.json").read_text())


@pytest.fixture
def publication() -> Publication:
    return make_publication(make_organization())


def with_days(publication: Publication) -> Published:
    """The publication as if the first of its two items had been signed with a day."""
    with scope(organization=publication.organization):
        published = load(publication.pk)
    content = deepcopy(published.content)
    content["action_items"][0]["verify_on"] = "2019-01-11"
    return replace(published, content=content)


def test_day_is_shown_with_the_criterion_that_it_belongs_to(publication: Publication) -> None:
    published = with_days(publication)
    page = storage.page_body(published)
    assert page.count("looked at on 2019-01-11") == 1 == page.count("looked at on")
    items = render_to_string("reviews/print/_items.html", {"items": printed.context_of(published)["items"]})
    assert items.count("Looked at on 11 Jan 2019.") == 1 == items.count("Looked at on")
    first, second = (
        _words(issue_fields(published, item, {"project": "OPS"}, "a")) for item in published.action_items
    )
    assert "2019-01-11" in first and "Looked at on" not in second


def _words(fields: dict[str, Any]) -> str:
    return json.dumps(fields)


def test_day_fits_the_schema_of_the_record(publication: Publication) -> None:
    item = with_days(publication).action_items[0]
    rule = SCHEMA["$defs"]["action_item"]
    assert list(faults(item, rule, SCHEMA)) == []
    assert list(faults({**item, "verify_on": "soon"}, rule, SCHEMA))
