"""The portable record: everything about a publication in one JSON file (docs/portable-record.md has the schema)."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.conf import settings

from governance import checkpoints
from governance.models import Delivery
from governance.outbox import Outcome
from reviews.publishers import files
from reviews.publishers.published import Published, load_with_pictures
from reviews.publishers.signed_pictures import SignedPicture

FORMAT = "afterword-record/1"


def deliver(delivery: Delivery) -> Outcome:
    """Write the record once."""
    published = load_with_pictures(delivery)
    if not published.publication.record:
        data = json.dumps(record_of(published), indent=1, sort_keys=True, ensure_ascii=False).encode()
        files.keep(published.publication, "record", f"{published.file_stem}.json", data)
    published.publication.refresh_from_db()
    return Outcome(external_id=published.publication.record_sha256)


def record_of(published: Published) -> dict[str, Any]:
    """The record as data. ``content`` in its canonical form has the SHA-256 ``publication.content_sha256``.

    ``files``, the bytes of the pictures that the content names by their SHA-256, is there only when there are any.
    """
    publication = published.publication
    return {
        "format": FORMAT,
        "producer": f"Afterword {settings.PRODUCT_VERSION}",
        "organization": {"slug": published.organization_slug, "name": published.organization_name},
        "publication": {
            "number": publication.number,
            "published_at": publication.published_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "published_by": publication.published_by.name,
            "content_sha256": published.sha256,
            "address": published.address,
        },
        "content": published.content,
        "signatures": [signature.plain() for signature in published.signatures],
        "waivers": [waiver.plain() for waiver in published.waivers],
        "audit_checkpoint": checkpoints.checkpoint(publication.organization),
        **_files(published.pictures.values()),
    }


def _files(pictures: Iterable[SignedPicture]) -> dict[str, list[dict[str, Any]]]:
    """Each file once, however often the text shows it; base64 as in RFC 4648, with padding and no line ends."""
    found = {one.sha256: (one, one.data) for one in pictures if one.data is not None}
    rows = [
        {
            "sha256": sha256,
            "media_type": one.media_type,
            "size": len(data),
            "base64": b64encode(data).decode(),
        }
        for sha256, (one, data) in sorted(found.items())
    ]
    return {"files": rows} if rows else {}
