"""Pictures that people paste into a text; each is drawn anew and kept as evidence of the incident."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from django.db import transaction

from governance import access
from governance.access import Permission
from governance.models import User
from incidents.models import Attachment
from incidents.services.attachments import attach_file
from reviews.errors import NoPicture, UnknownPicture
from reviews.images import written
from reviews.models import Review
from reviews.passages import pictures_in
from reviews.services.changing import require_open
from reviews.services.moving import lock


@transaction.atomic
def paste_picture(*, actor: User, review: Review, name: str, content: bytes) -> str:
    """Keep a picture; the line that shows it, for the text.

    Raises ``NoPicture`` for any other kind of file, and ``EvidenceRefused`` for an empty, damaged or very large one.
    """
    access.require(actor, Permission.EDIT_REVIEW, review)
    require_open(lock(review))
    attachment = attach_file(
        actor=actor, incident=review.incident, entry=None, name=name or "picture", content=content
    )
    if not attachment.is_image:
        raise NoPicture
    return written(attachment.pk, PurePath(attachment.name).stem)


def require_pictures(review: Review, texts: Iterable[str]) -> None:
    """Raise ``UnknownPicture`` when a text shows what is no picture of this incident."""
    wanted = pictures_in(texts)
    rows = Attachment.objects.filter(
        incident_id=review.incident_id, pk__in=wanted, media_type__startswith="image/"
    )
    if unknown := sorted(wanted - set(rows.values_list("pk", flat=True))):
        raise UnknownPicture(unknown)
