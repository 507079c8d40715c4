"""The page in storage format: well-formed whatever the evidence says, with every citation leading somewhere."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from governance.models import Organization
from reviews.publishers.published import load
from reviews.publishers.storage import page_body, text_of
from tests.factories.reviews import (
    COMMANDERS_REASON,
    OWNERS_REASON,
    SIGNED_SENTENCE,
    STATEMENT,
    damage,
    make_publication,
    picture_file,
)

AC, RI = "urn:ac", "urn:ri"
HOSTILE = 'a <script>alert("1")</script> & ]]> </td> \x01\x0b\ud800 &amp; end'


def parsed(
    organization: Organization, title: str = "Outage", evidence: str = "A fact"
) -> ElementTree.Element:
    """The page as Confluence reads it: a fragment below a root that declares the two prefixes."""
    body = page_body(load(make_publication(organization, title=title, evidence=evidence).pk))
    return ElementTree.fromstring(f'<page xmlns:ac="{AC}" xmlns:ri="{RI}">{body}</page>')


def words(element: ElementTree.Element) -> str:
    return "".join(element.itertext())


def test_text_from_outside_stays_text(organization: Organization) -> None:
    hostile = HOSTILE.replace("\ud800", "")
    page = parsed(organization, title="<b>bold</b> & co ]]>", evidence=hostile)
    assert page.find(".//script") is None
    assert 'a <script>alert("1")</script> & ]]> </td> \ufffd\ufffd &amp; end' in words(page)


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_character_that_xml_cannot_carry_is_replaced(character: str) -> None:
    assert text_of(f"a{character}b") == "a\ufffdb"


def test_every_citation_leads_to_a_row_of_the_evidence(organization: Organization) -> None:
    page = parsed(organization)
    cited = {link.get(f"{{{AC}}}anchor") for link in page.iter(f"{{{AC}}}link")}
    anchors = {words(one) for one in page.iter(f"{{{AC}}}parameter")}
    assert cited
    assert cited <= anchors


def test_evidence_leads_back_to_the_chronology(organization: Organization) -> None:
    publication = make_publication(organization)
    page = page_body(load(publication.pk))
    incident = publication.review.incident
    for entry in incident.entries.all():
        assert f"/{organization.slug}/incidents/{incident.reference}/#e{entry.number}" in page


def test_page_holds_what_was_signed_and_who_signed_it(organization: Organization) -> None:
    text = words(parsed(organization))
    for expected in (
        SIGNED_SENTENCE,
        STATEMENT,
        "(statement of Mara Okafor)",
        COMMANDERS_REASON,
        OWNERS_REASON,
    ):
        assert expected in text
    for expected in (
        "Confirmed",
        "Probable",
        "Who noticed first?",
        "Both data centers accepted writes.",
        "Fence the old primary",
    ):
        assert expected in text


def test_what_is_not_known_is_told(organization: Organization) -> None:
    published = load(make_publication(organization).pk)
    question = {**published.content["questions"][0], "answer": "", "answered_by": None}
    gap = {"after": 1, "start": "2018-10-21T23:19:00Z", "end": "2018-10-22T00:05:00Z", "minutes": 46}
    content = {**published.content, "questions": [question], "gaps": [gap]}
    page = page_body(replace(published, content=content))
    assert "Who noticed first?</strong><br />Left open." in page
    assert "2018-10-21 23:19 to 2018-10-22 00:05 (46 min)" in page


def test_entry_known_to_the_day_shows_no_clock(organization: Organization) -> None:
    published = load(make_publication(organization).pk)
    entry = {**published.content["chronology"][0], "precision": "day"}
    page = page_body(replace(published, content={**published.content, "chronology": [entry]}))
    assert "<td>2018-10-21</td>" in page


def shown(organization: Organization, caption: str) -> ElementTree.Element:
    """The page of a publication with a picture."""
    body = page_body(load(make_publication(organization, picture=picture_file(), caption=caption).pk))
    return ElementTree.fromstring(f'<page xmlns:ac="{AC}" xmlns:ri="{RI}">{body}</page>')


def test_picture_is_shown_from_the_attachment_of_the_page(organization: Organization) -> None:
    page = shown(organization, "Errors by minute")
    (image,) = page.iter(f"{{{AC}}}image")
    (attachment,) = image.iter(f"{{{RI}}}attachment")
    assert str(attachment.get(f"{{{RI}}}filename")).endswith(".png")
    assert image.get(f"{{{AC}}}alt") == words(image) == "Errors by minute"
    below = list(page)[list(page).index(image) + 1]
    assert below.find(f".//{{{AC}}}link") is not None
    assert "![" not in words(page)


@pytest.mark.parametrize(
    "caption", ['"/><script>alert(1)</script>', "a & b ]]> </ac:caption> \x01", "*a* <b>"]
)
def test_caption_from_outside_stays_text(organization: Organization, caption: str) -> None:
    (image,) = shown(organization, caption.replace("]", "")).iter(f"{{{AC}}}image")
    expected = caption.replace("]", "").replace("\x01", "\ufffd")
    assert words(image) == image.get(f"{{{AC}}}alt") == expected


def test_picture_without_words_is_called_by_its_file(organization: Organization) -> None:
    (image,) = shown(organization, "").iter(f"{{{AC}}}image")
    assert image.get(f"{{{AC}}}alt") == "errors.png"
    assert image.find(f"{{{AC}}}caption") is None


def test_picture_that_is_lost_is_told(organization: Organization) -> None:
    publication = make_publication(organization, picture=picture_file())
    damage(publication)
    page = page_body(load(publication.pk))
    assert "This picture is no longer what was signed. Errors by minute" in page
    assert "<ac:image" not in page


def test_emphasis_is_emphasis_and_nothing_else_acts(organization: Organization) -> None:
    published = load(make_publication(organization).pk)
    section = published.content["sections"][0]
    text = "A **strong** `List<String>`&nbsp;& <b>more</b> [link](https://a.test) \x01 ![far](image:9) end"
    passage = {**section["passages"][0], "text": text}
    content = {**published.content, "sections": [{**section, "passages": [passage]}]}
    body = page_body(replace(published, content=content))
    page = ElementTree.fromstring(f'<page xmlns:ac="{AC}" xmlns:ri="{RI}">{body}</page>')
    assert page.find(".//p/strong") is not None
    assert page.find(".//b") is None
    assert "A strong List<String>\u00a0& <b>more</b> link \ufffd Picture: far end" in words(page)
