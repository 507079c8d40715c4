"""Pictures of a published text: in the document and the page as they were signed, or the step says what is lost."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader
from weasyprint.urls import URLFetchingError

from governance.models import Organization
from incidents.models import Attachment
from reviews.errors import PictureLost
from reviews.models import Publication
from reviews.publishers import files, pdf, record
from reviews.publishers.published import Published, load
from reviews.publishers.signed_pictures import LOST
from tests.factories.reviews import CAPTION, claim, damage, make_publication, picture_file

A4_WIDTH, A4_HEIGHT = 595, 842


@pytest.fixture
def publication(organization: Organization) -> Publication:
    made = make_publication(organization, picture=picture_file("RGBA"))
    record.deliver(claim(made, "reviews.record"))
    return made


@pytest.fixture
def published(publication: Publication) -> Published:
    return load(publication.pk)


def only_picture(published: Published) -> int:
    (pk,) = published.pictures
    return pk


def tagged(data: bytes, kind: str) -> list[Any]:
    """The structure elements of a kind."""
    with pikepdf.open(io.BytesIO(data)) as document:
        found = [
            one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == kind
        ]
        return [str(one.get("/Alt", "")) for one in found]


def images(data: bytes) -> list[tuple[int, int, bool]]:
    """Width, height and whether a reader may smooth it, of every image in the file."""
    with pikepdf.open(io.BytesIO(data)) as document:
        return [
            (int(one.Width), int(one.Height), bool(one.Interpolate))
            for one in document.objects
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]


def drawn(data: bytes) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right and top, in points of its page, of every time that an image is drawn."""
    found = []
    for page in PdfReader(io.BytesIO(data)).pages:
        resources: Any = page["/Resources"]

        def see(operator: bytes, operands: Any, matrix: Any, _text: Any, known: Any = resources) -> None:
            if operator == b"Do" and known["/XObject"][operands[0]].get("/Subtype") == "/Image":
                width, _b, _c, height, x, y = matrix
                found.append((x, min(y, y + height), x + width, max(y, y + height)))

        page.extract_text(visitor_operand_before=see)
    return found


def test_document_shows_the_picture_with_its_words(publication: Publication) -> None:
    pdf.deliver(claim(publication, "reviews.pdf"))
    data = files.read(publication, "document")
    assert (320, 120, False) in images(data)
    assert all(not smoothed for _width, _height, smoothed in images(data))
    assert CAPTION in tagged(data, "/Figure")
    assert tagged(data, "/Caption")


def test_document_shows_the_caption_and_never_the_mark(published: Published) -> None:
    html = pdf.document_html(published)
    assert f'alt="{CAPTION}"' in html
    assert "![" not in html


def test_picture_without_a_caption_is_called_by_its_file(organization: Organization) -> None:
    made = make_publication(organization, picture=picture_file(kind="JPEG"), caption="")
    assert 'alt="errors.png"' in pdf.document_html(load(made.pk))


def test_tall_picture_stays_whole_on_one_page(organization: Organization) -> None:
    made = load(make_publication(organization, picture=picture_file(size=(400, 4000))).pk)
    ((left, bottom, right, top),) = drawn(pdf.render(made, b"{}"))
    assert (right - left) / (top - bottom) == pytest.approx(0.1, rel=0.05)
    assert 0 < left < right < A4_WIDTH
    assert 0 < bottom < top < A4_HEIGHT


def test_wide_picture_keeps_to_its_column(organization: Organization) -> None:
    made = load(make_publication(organization, picture=picture_file(size=(4000, 400))).pk)
    ((left, _bottom, right, _top),) = drawn(pdf.render(made, b"{}"))
    assert left > A4_WIDTH / 3
    assert right < A4_WIDTH - 60


def test_same_pictures_give_the_same_bytes(publication: Publication, published: Published) -> None:
    assert pdf.render(published, b"{}") == pdf.render(load(publication.pk), b"{}")


def test_printer_gets_the_signed_bytes(published: Published) -> None:
    pk = only_picture(published)
    kept = Attachment.objects.get(pk=pk)
    with kept.file.open("rb") as file:
        assert pdf.OwnFiles(published.pictures).fetch(f"image:{pk}").read() == file.read()


def test_printer_gets_no_picture_of_another_text(published: Published, organization: Organization) -> None:
    other = load(make_publication(organization, picture=picture_file()).pk)
    for url in (f"image:{only_picture(other)}", f"image:{only_picture(published)}/../x", "image:", "image:0"):
        with pytest.raises(URLFetchingError):
            pdf.OwnFiles(published.pictures).fetch(url)


def test_printer_gets_no_other_bytes_than_were_signed(publication: Publication) -> None:
    damage(publication)
    published = load(publication.pk)
    with pytest.raises(URLFetchingError):
        pdf.OwnFiles(published.pictures).fetch(f"image:{only_picture(published)}")
    assert LOST in pdf.document_html(published)
    assert "<img" not in pdf.document_html(published)


def test_lost_picture_stops_the_document_with_a_sentence(publication: Publication) -> None:
    damage(publication)
    with pytest.raises(PictureLost, match=f"The picture “{CAPTION}” is no longer what was signed") as raised:
        pdf.deliver(claim(publication, "reviews.pdf"))
    assert raised.value.permanent
    publication.refresh_from_db()
    assert not publication.document


def test_file_that_is_gone_is_lost_too(publication: Publication, published: Published) -> None:
    kept = Attachment.objects.get(pk=only_picture(published))
    kept.file.storage.delete(kept.file.name)
    with pytest.raises(PictureLost):
        pdf.deliver(claim(publication, "reviews.pdf"))
