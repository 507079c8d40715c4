"""A text for customers in its forms: as it is read on the page, and as plain words; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from reviews.rendering import inline, plain

_HEADING = re.compile(r"#{1,6}[ \t]+(.*)")
_ITEM = re.compile(r"[-*][ \t]+(.*)")
_WRITTEN = {"heading": "{}", "paragraph": "{}", "list": "- {}"}


@dataclass(frozen=True)
class Part:
    """A heading, a paragraph or a list (``kind``), with its texts; only a list has several."""

    kind: str
    texts: tuple[str, ...]

    @property
    def html(self) -> list[SafeString]:
        return [inline(text) for text in self.texts]


def parts(body: str) -> list[Part]:
    """The text as it is read: an empty line ends a paragraph or a list, a heading stands by itself."""
    blocks = re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n"))
    return [part for block in blocks for part in _parts(block)]


def plain_text(body: str) -> str:
    """The words alone, for systems that know no Markdown."""
    blocks = (
        "\n".join(_WRITTEN[part.kind].format(plain(text)) for text in part.texts) for part in parts(body)
    )
    return "\n\n".join(blocks) + "\n"


def _parts(block: str) -> Iterator[Part]:
    """The parts of one block, in which lines of one kind belong together."""
    open_part: Part | None = None
    for line in filter(None, (line.strip() for line in block.split("\n"))):
        part = _read(line)
        if open_part and open_part.kind == part.kind != "heading":
            open_part = _joined(open_part, part)
            continue
        if open_part:
            yield open_part
        open_part = part
    if open_part:
        yield open_part


def _read(line: str) -> Part:
    if match := _HEADING.fullmatch(line):
        return Part("heading", (match.group(1),))
    if match := _ITEM.fullmatch(line):
        return Part("list", (match.group(1),))
    return Part("paragraph", (line,))


def _joined(part: Part, more: Part) -> Part:
    if part.kind == "list":
        return Part("list", part.texts + more.texts)
    return Part(part.kind, (f"{part.texts[0]} {more.texts[0]}",))
