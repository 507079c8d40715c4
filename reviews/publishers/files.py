"""Files of a publication: written once, named by it, found again after a crash."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from reviews.models import Publication


def keep(publication: Publication, field: str, name: str, data: bytes) -> None:
    """Store the bytes as ``field`` (``record`` or ``document``) of the publication, unless it has them already.

    A file that an earlier attempt wrote without recording it is replaced, because nobody was ever given it.
    """
    path = f"publications/{publication.organization_id}/{publication.pk}/{name}"
    with transaction.atomic():
        row = Publication.objects.select_for_update().get(pk=publication.pk)
        if getattr(row, field):
            return
        default_storage.delete(path)
        stored = default_storage.save(path, ContentFile(data))
        setattr(row, field, stored)
        setattr(row, f"{field}_sha256", hashlib.sha256(data).hexdigest())
        row.save(update_fields=[field, f"{field}_sha256"])


def read(publication: Publication, field: str) -> bytes:
    """The stored bytes of ``field``; raises ``FileNotFoundError`` when the step has not run yet."""
    row = Publication.objects.get(pk=publication.pk)
    name = str(getattr(row, field))
    if not name:
        raise FileNotFoundError(f"{field} of {publication} is not there yet")
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data
