"""The PDF: the signed sentences, who signed them and how sure they were, the record inside, and a seal on it all."""

from __future__ import annotations

import hashlib
import io
import json
import re
from typing import Any

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from weasyprint.urls import URLFetchingError

from governance.models import Organization
from reviews.models import Publication
from reviews.publishers import files, pdf, record, seal
from reviews.publishers.published import Published, load
from tests.factories.reviews import (
    COMMANDERS_REASON,
    OWNERS_REASON,
    SIGNED_SENTENCE,
    STATEMENT,
    claim,
    make_publication,
)


@pytest.fixture
def publication(organization: Organization) -> Publication:
    made = make_publication(organization, evidence='<script>alert("1")</script> <img src="http://a.test/x">')
    record.deliver(claim(made, "reviews.record"))
    return made


@pytest.fixture
def published(publication: Publication) -> Published:
    return load(publication.pk)


def words(data: bytes) -> str:
    """The text of all pages with single spaces; a word that was broken at a line's end is whole again."""
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return re.sub(r"\s+", " ", re.sub("(?<=\\w)[\u00ad\u2010-]\\s*\n", "", text))


def seal_status(data: bytes) -> Any:
    signature = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
    read: Any = load_cert_from_pemder
    root = read(str(seal.certificate_file()))
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))


def test_pdf_holds_what_was_signed_and_how_sure_the_signers_were(publication: Publication) -> None:
    pdf.deliver(claim(publication, "reviews.pdf"))
    said = words(files.read(publication, "document"))
    for sentence in (SIGNED_SENTENCE, STATEMENT, "Both data centers accepted writes.", "Who noticed first?"):
        assert sentence in said
    for name, confidence, reason in (
        ("Mara Okafor", "Confirmed", COMMANDERS_REASON),
        ("Jon Aalto", "Probable", OWNERS_REASON),
    ):
        signature = said[said.index(name) :]
        assert confidence in signature[: signature.index(reason)]
    assert publication.snapshot.sha256 in said.replace(" ", "")


def test_pdf_holds_promises_and_evidence_as_text(publication: Publication) -> None:
    pdf.deliver(claim(publication, "reviews.pdf"))
    said = words(files.read(publication, "document"))
    for expected in (
        "Fence the old primary",
        "A drill shows one primary only.",
        '<script>alert("1")</script>',
    ):
        assert expected in said


def test_record_is_attached_as_it_was_kept(publication: Publication, published: Published) -> None:
    pdf.deliver(claim(publication, "reviews.pdf"))
    reader = PdfReader(io.BytesIO(files.read(publication, "document")))
    kept = files.read(publication, "record")
    assert reader.attachments == {f"{published.file_stem}.json": [kept]}
    assert json.loads(kept)["publication"]["content_sha256"] == published.sha256


def test_same_input_gives_the_same_bytes(published: Published) -> None:
    assert pdf.render(published, b"{}") == pdf.render(published, b"{}")


def test_seal_covers_the_whole_file_and_breaks_with_any_change(publication: Publication) -> None:
    pdf.deliver(claim(publication, "reviews.pdf"))
    data = files.read(publication, "document")
    whole = seal_status(data)
    assert whole.intact
    assert whole.bottom_line
    broken = seal_status(data.replace(b"/Type /Page", b"/Type /Pbge", 1))
    assert not broken.intact


def test_seal_is_made_whole_when_its_certificate_was_never_written() -> None:
    seal.certificate_file().unlink()
    before = seal.certificate_file().with_suffix(".key").read_bytes()
    assert seal.certificate_file().exists()
    assert seal.certificate_file().with_suffix(".key").read_bytes() == before
    seal._signer.cache_clear()


def test_keys_of_the_seal_are_readable_by_their_owner_only() -> None:
    key = seal.certificate_file().with_suffix(".key")
    assert key.stat().st_mode & 0o077 == 0
    assert key.parent.stat().st_mode & 0o077 == 0


def test_second_attempt_leaves_the_file_alone(publication: Publication) -> None:
    first = pdf.deliver(claim(publication, "reviews.pdf"))
    written = files.read(publication, "document")
    assert pdf.deliver(claim(publication, "reviews.pdf")) == first
    assert files.read(publication, "document") == written
    assert hashlib.sha256(written).hexdigest() == first.external_id


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/x.png",
        "file:///etc/passwd",
        "data:text/css,body{}",
        f"{pdf.BASE}css/../../manage.py",
        f"{pdf.BASE}img/mark.svg",
        f"{pdf.BASE}css/missing.css",
    ],
)
def test_printer_fetches_nothing_but_our_styles_and_fonts(url: str) -> None:
    with pytest.raises(URLFetchingError):
        pdf.OwnFiles().fetch(url)


def test_unpacked_fonts_print_the_same_bytes(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked_once = pdf.render(published, b"{}")
    monkeypatch.setattr(pdf, "OwnUnpacked", pdf.OwnFiles)
    assert pdf.render(published, b"{}") == unpacked_once
