"""The PDF against WeasyPrint alone on the same HTML."""

from __future__ import annotations

from collections.abc import Iterator

from django_scopes import scope
from weasyprint import HTML

from config.demo import seed
from governance import outbox
from governance.models import Organization
from reviews.models import Publication
from reviews.publishers import files, pdf, published, seal
from tests.bench.registry import Measured, bench, by_turns


@bench
def pdf_of_a_published_postmortem() -> Iterator[Measured]:
    """The published demo incident: archival PDF with its record attached, and the same with its seal.

    Ours keeps the unpacked fonts for the life of the process, as a worker does; WeasyPrint unpacks them each time.
    """
    organization: Organization = seed.seed_demo()
    outbox.sweep()
    with scope(organization=organization):
        publication = Publication.objects.get()
        document = published.load(publication.pk)
        record = files.read(publication, "record")
        html = pdf.document_html(document)

        def alone() -> bytes:
            data: bytes = HTML(string=html, base_url=pdf.BASE, url_fetcher=pdf.OwnFiles()).write_pdf()
            return data

        def ours() -> bytes:
            return pdf.render(document, record)

        def sealed() -> bytes:
            return seal.sealed(ours())

        alone()
        whole, made, floor = by_turns(sealed, ours, alone, rounds=5)
    yield Measured(
        "the archival PDF with its record attached", "WeasyPrint alone on the same HTML", made, floor
    )
    yield Measured("the same with its seal", "WeasyPrint alone on the same HTML", whole, floor)
