"""The pictures that a signed text shows: the bytes whose SHA-256 was signed, and no others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from incidents.models import Attachment
from reviews.errors import PictureLost
from reviews.images import Picture, picture_of

LOST = "This picture is no longer what was signed."
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True)
class SignedPicture:
    """A picture as the signed text names it; ``data`` is none when the kept bytes are not those that were signed."""

    pk: int
    name: str
    media_type: str
    sha256: str
    data: bytes | None = field(default=None, repr=False)

    @property
    def filename(self) -> str:
        """A name that only these bytes have: ``picture-12-9f86d081884c.png``."""
        return f"picture-{self.pk}-{self.sha256[:12]}.{_ENDINGS.get(self.media_type, 'bin')}"


@dataclass(frozen=True)
class Figure:
    """A picture where a passage shows it: with its words, and with its bytes unless they are lost."""

    pk: int
    caption: str
    picture: SignedPicture | None

    @property
    def alt(self) -> str:
        """What it shows, for those who do not see it; the file's name where nobody said."""
        return self.caption or (self.picture.name if self.picture else f"Picture {self.pk}")

    @property
    def lost(self) -> str:
        """The sentence that stands in the picture's place; empty when it can be shown."""
        return "" if self.picture and self.picture.data else LOST


def read_pictures(incident_id: int, signed: Iterable[Mapping[str, Any]]) -> dict[int, SignedPicture]:
    """The pictures by their ids; one query, and each file is read once."""
    rows = {one["id"]: one for one in signed}
    kept = Attachment.objects.filter(incident=incident_id, pk__in=rows) if rows else ()
    files = {attachment.pk: attachment for attachment in kept}
    return {
        pk: SignedPicture(
            pk, row["name"], row["media_type"], row["sha256"], _bytes(files.get(pk), row["sha256"])
        )
        for pk, row in rows.items()
    }


def figure_of(passage: Mapping[str, Any], pictures: Mapping[int, SignedPicture]) -> Figure | None:
    """The picture that a passage of the signed text shows, if it is one."""
    found: Picture | None = picture_of(passage["text"])
    return Figure(found.pk, found.caption, pictures.get(found.pk)) if found else None


def figures_of(
    content: Mapping[str, Any], pictures: Mapping[int, SignedPicture]
) -> list[tuple[Mapping[str, Any], Figure]]:
    """Every passage that shows a picture, in the order of the text."""
    passages = (passage for section in content["sections"] for passage in section["passages"])
    pairs = ((passage, figure_of(passage, pictures)) for passage in passages)
    return [(passage, figure) for passage, figure in pairs if figure]


def require_whole(content: Mapping[str, Any], pictures: Mapping[int, SignedPicture]) -> None:
    """Raise ``PictureLost``, naming them, when the text shows a picture whose signed bytes are not there."""
    if lost := [figure.alt for _passage, figure in figures_of(content, pictures) if figure.lost]:
        raise PictureLost(list(dict.fromkeys(lost)))


def _bytes(attachment: Attachment | None, sha256: str) -> bytes | None:
    if attachment is None:
        return None
    try:
        with attachment.file.open("rb") as file:
            data: bytes = file.read()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None
