"""The Confluence page: once, whole, and never somebody else's."""

from __future__ import annotations

import pytest

from governance.errors import NotConnected, OutsideError
from governance.models import Organization
from governance.outbox import LeaseLost, Outcome
from reviews.errors import PictureLost
from reviews.models import Publication
from reviews.publishers import confluence as publisher
from reviews.publishers import files
from reviews.publishers.published import load
from tests.doubles import Confluence
from tests.doubles.base import answer
from tests.factories.reviews import claim, damage, make_publication, picture_file

PDF = b"%PDF-1.7 of the tests"


def publish(publication: Publication) -> Outcome:
    return publisher.deliver(claim(publication, "reviews.confluence"))


@pytest.fixture
def publication(organization: Organization) -> Publication:
    made = make_publication(organization)
    files.keep(made, "document", "postmortem.pdf", PDF)
    return made


def test_page_stands_in_its_space_with_pdf_and_labels(
    publication: Publication, confluence: Confluence
) -> None:
    outcome = publish(publication)
    (page,) = confluence.pages
    published = load(publication.pk)
    assert page.title == f"Postmortem {published.reference}: Database topology split"
    assert page.attachments == {f"{published.file_stem}.pdf": [PDF]}
    assert page.labels == {"postmortem", "afterword", published.reference.lower(), "sev2"}
    assert published.sha256 in page.body
    assert outcome.external_id == page.id
    assert outcome.url == f"{confluence.base_url}/wiki/spaces/INC/pages/{page.id}"


def test_second_attempt_creates_nothing_and_gives_the_same_address(
    publication: Publication, confluence: Confluence
) -> None:
    first, second = publish(publication), publish(publication)
    assert first == second
    assert len(confluence.calls("POST", "/pages$")) == 1
    assert len(confluence.calls("PUT", "/attachment$")) == 1


def test_page_that_arrived_after_the_look_is_taken_for_ours(
    publication: Publication, confluence: Confluence
) -> None:
    publish(publication)
    confluence.before("GET", "/api/v2/pages$", lambda: answer({"results": [], "_links": {}}))
    publish(publication)
    assert len(confluence.calls("POST", "/pages$")) == 2
    assert len(confluence.pages) == 1


def test_page_of_the_same_title_by_somebody_else_stops_the_step(
    publication: Publication, confluence: Confluence
) -> None:
    publish(publication)
    confluence.pages[0].body = "<p>Notes from the call</p>"
    confluence.pages[0].attachments.clear()
    with pytest.raises(OutsideError, match="Rename it there") as raised:
        publish(publication)
    assert raised.value.permanent
    assert confluence.pages[0].attachments == {}


def test_later_publication_of_an_incident_says_its_number(organization: Organization) -> None:
    published = load(make_publication(organization, title="x" * 200, number=2).pk)
    title = publisher.page_title(published)
    assert title.endswith("x (2)")
    assert len(title) <= publisher.TITLE_LIMIT


def test_without_connection_it_says_where_to_connect(publication: Publication) -> None:
    with pytest.raises(NotConnected, match="settings"):
        publish(publication)


def test_busy_confluence_is_left_alone_for_as_long_as_it_asks(
    publication: Publication, confluence: Confluence
) -> None:
    confluence.before("POST", "/pages$", lambda: answer({}, 429, {"Retry-After": "17"}))
    with pytest.raises(OutsideError) as raised:
        publish(publication)
    assert (raised.value.retry_after, raised.value.permanent) == (17.0, False)
    publish(publication)
    assert len(confluence.pages) == 1


def test_refused_credential_ends_the_step_without_showing_it(
    publication: Publication, confluence: Confluence
) -> None:
    confluence.before("GET", "/spaces$", lambda: answer({"message": "no"}, 401))
    with pytest.raises(OutsideError) as raised:
        publish(publication)
    assert raised.value.permanent
    assert "a-secret-of-the-tests" not in str(raised.value)


def test_unknown_space_is_named(publication: Publication, confluence: Confluence) -> None:
    confluence.before("GET", "/spaces$", lambda: answer({"results": []}))
    with pytest.raises(OutsideError, match="no space INC") as raised:
        publish(publication)
    assert raised.value.permanent


def test_refused_page_gives_the_reason(publication: Publication, confluence: Confluence) -> None:
    confluence.before("POST", "/pages$", lambda: answer({"errors": [{"title": "Error parsing xhtml"}]}, 400))
    with pytest.raises(OutsideError, match="Error parsing xhtml") as raised:
        publish(publication)
    assert raised.value.permanent


def test_worker_that_slept_through_its_lease_creates_nothing(
    publication: Publication, confluence: Confluence
) -> None:
    sleeper = claim(publication, "reviews.confluence")
    claim(publication, "reviews.confluence")
    with pytest.raises(LeaseLost):
        publisher.deliver(sleeper)
    assert not confluence.pages


@pytest.fixture
def illustrated(organization: Organization) -> Publication:
    made = make_publication(organization, picture=picture_file())
    files.keep(made, "document", "postmortem.pdf", PDF)
    return made


def test_pictures_hang_on_the_page_under_the_names_that_it_shows(
    illustrated: Publication, confluence: Confluence
) -> None:
    publish(illustrated)
    (page,) = confluence.pages
    (picture,) = load(illustrated.pk).pictures.values()
    assert page.attachments == {
        picture.filename: [picture.data],
        f"{load(illustrated.pk).file_stem}.pdf": [PDF],
    }
    assert f'<ri:attachment ri:filename="{picture.filename}" />' in page.body


def test_second_attempt_uploads_no_picture_again(illustrated: Publication, confluence: Confluence) -> None:
    assert publish(illustrated) == publish(illustrated)
    assert all(len(versions) == 1 for versions in confluence.pages[0].attachments.values())
    assert len(confluence.calls("PUT", "/attachment$")) == 2


def test_picture_that_an_attempt_did_not_reach_is_brought_by_the_next(
    illustrated: Publication, confluence: Confluence
) -> None:
    confluence.before("PUT", "/attachment$", lambda: answer({}, 503))
    with pytest.raises(OutsideError):
        publish(illustrated)
    assert confluence.pages[0].attachments == {}
    publish(illustrated)
    assert len(confluence.pages[0].attachments) == 2
    assert len(confluence.pages) == 1


def test_lost_picture_brings_nothing_outside(illustrated: Publication, confluence: Confluence) -> None:
    damage(illustrated)
    with pytest.raises(PictureLost, match="no longer what was signed"):
        publish(illustrated)
    assert not confluence.pages
    assert not confluence.calls("PUT", "")
