"""The portable record: everything about a publication in one JSON file (docs/portable-record.md has the schema)."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from django.conf import settings

from governance import checkpoints
from governance.models import Delivery
from governance.outbox import Outcome
from reviews.publishers import files
from reviews.publishers.published import Published, load_for

FORMAT = "afterword-record/1"


def deliver(delivery: Delivery) -> Outcome:
    """Write the record once."""
    published = load_for(delivery)
    if not published.publication.record:
        data = json.dumps(record_of(published), indent=1, sort_keys=True, ensure_ascii=False).encode()
        files.keep(published.publication, "record", f"{published.file_stem}.json", data)
    published.publication.refresh_from_db()
    return Outcome(external_id=published.publication.record_sha256)


def record_of(published: Published) -> dict[str, Any]:
    """The record as data. ``content`` in its canonical form has the SHA-256 ``publication.content_sha256``."""
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
    }
