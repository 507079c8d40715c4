"""The PDF: what was signed, with its evidence, the portable record attached, sealed by this installation's key."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from fontTools.ttLib import woff2
from weasyprint import HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

from governance.models import Delivery
from governance.outbox import Outcome, extend
from reviews.publishers import files, seal
from reviews.publishers.printed import context_of
from reviews.publishers.published import Published, load_with_pictures
from reviews.publishers.signed_pictures import SignedPicture

# Fonts are unpacked while printing. Without this the font library stamps them with the present time, and no two PDFs
# would be equal.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1514764800")

STYLESHEETS = ("css/fonts.css", "css/pdf.css")
BASE = "https://static.invalid/"
_PICTURE = re.compile(r"image:([0-9]{1,18})")
_MIME = {"css": "text/css", "woff2": "font/woff2"}


def deliver(delivery: Delivery) -> Outcome:
    """Make, seal and keep the PDF once."""
    published = load_with_pictures(delivery)
    if not published.publication.document:
        record = files.read(published.publication, "record")
        extend(delivery)
        files.keep(
            published.publication,
            "document",
            f"{published.file_stem}.pdf",
            seal.sealed(render(published, record)),
        )
    published.publication.refresh_from_db()
    return Outcome(external_id=published.publication.document_sha256)


def render(published: Published, record: bytes) -> bytes:
    """The unsealed PDF/A-3a; the same input gives the same bytes."""
    html = document_html(published)
    attachment = Attachment(
        string=record,
        name=f"{published.file_stem}.json",
        description="The portable record of this postmortem",
        relationship="Source",
        created=published.published_at,
        modified=published.published_at,
    )
    fonts = FontConfiguration()
    try:
        data: bytes = HTML(string=html, base_url=BASE, url_fetcher=OwnUnpacked(published.pictures)).write_pdf(
            pdf_variant="pdf/a-3a",
            pdf_identifier=published.sha256.encode(),
            attachments=[attachment],
            font_config=fonts,
        )
    finally:
        fonts.__del__()  # the unpacked fonts go now, not when the interpreter happens to collect them
    return data


def document_html(published: Published) -> SafeString:
    """The HTML of the PDF, from the snapshot alone."""
    frame = {"published": published, "version": settings.PRODUCT_VERSION, "stylesheets": STYLESHEETS}
    return render_to_string("reviews/print/postmortem.html", {**frame, **context_of(published)})


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Gives our own style sheets and fonts, and the pictures that were signed with this very text.

    Everything else is refused: no text can make the printer fetch.
    """

    def __init__(self, pictures: Mapping[int, SignedPicture] | None = None) -> None:
        super().__init__()
        self._signed = pictures or {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if match := _PICTURE.fullmatch(url):
            return self._picture(url, int(match.group(1)))
        path = url.removeprefix(BASE)
        ours = path != url and ".." not in path and re.fullmatch(r"(css|vendor)/[\w./-]+", path)
        found = finders.find(path) if ours else None
        if not isinstance(found, str):
            raise URLFetchingError(f"{url} is not part of this document")
        mime = _MIME.get(found.rsplit(".", 1)[-1], "application/octet-stream")
        return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": mime})

    def _picture(self, url: str, pk: int) -> URLFetcherResponse:
        found = self._signed.get(pk)
        if found is None or found.data is None:
            raise URLFetchingError(f"{url} is no picture that was signed with this document")
        return URLFetcherResponse(url, found.data, {"Content-Type": found.media_type})


class OwnUnpacked(OwnFiles):
    """The same, with each font unpacked once for the life of the process: unpacking takes a third of the printing."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        response = super().fetch(url, headers)
        if not url.endswith(".woff2"):
            return response
        return URLFetcherResponse(url, _unpacked(response.read()), {"Content-Type": "font/ttf"})


@lru_cache(maxsize=16)
def _unpacked(packed: bytes) -> bytes:
    unpacked = io.BytesIO()
    woff2.decompress(io.BytesIO(packed), unpacked)
    return unpacked.getvalue()
