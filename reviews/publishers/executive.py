"""The page for executives as a PDF: one sheet of A4, whatever the record holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration

from reviews.audiences import ROOMS, Executive, Room, executive
from reviews.exemptions import PrintedWaiver
from reviews.publishers.pdf import BASE, OwnUnpacked

STYLESHEETS = ("css/fonts.css", "css/pdf.css", "css/pdf-executive.css")
VARIANT = "pdf/a-3a"


@dataclass(frozen=True)
class Sheet:
    """What a page for executives is made of, and what it says about itself.

    ``mark`` is what a reader must know first: that it is a draft, or no longer in force; empty for what is.
    """

    content: dict[str, Any]
    waivers: Sequence[PrintedWaiver]
    organization: str
    sha256: str
    at: datetime
    number: int | None
    mark: str
    is_private: bool

    @property
    def file_stem(self) -> str:
        """``INC-2018-0042-executive-1``; a draft says so in the place of its number."""
        return f"{self.content['incident']['reference']}-executive-{self.number or 'draft'}"

    def page(self, room: Room = ROOMS[0]) -> Executive:
        return executive(self.content, self.waivers, room)


def render(sheet: Sheet) -> bytes:
    """The page as PDF/A-3a, in the widest room in which it is one page; the same sheet gives the same bytes."""
    fonts = FontConfiguration()
    try:
        document = _on_one_page(sheet, fonts)
        data: bytes = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=sheet.sha256.encode())
    finally:
        fonts.__del__()  # the unpacked fonts go now, not when the interpreter happens to collect them
    return data


def _on_one_page(sheet: Sheet, fonts: FontConfiguration) -> Document:
    for room in ROOMS:
        document: Document = HTML(string=_html(sheet, room), base_url=BASE, url_fetcher=OwnUnpacked()).render(
            font_config=fonts, pdf_variant=VARIANT
        )
        if len(document.pages) == 1:
            break
    return document


def _html(sheet: Sheet, room: Room) -> str:
    frame = {"sheet": sheet, "page": sheet.page(room), "version": settings.PRODUCT_VERSION}
    return render_to_string("reviews/print/executive.html", {**frame, "stylesheets": STYLESHEETS})
