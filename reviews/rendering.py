"""A sentence's few marks of emphasis, made safe for every output."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown

from reviews.images import in_words

TAGS = {"strong", "em", "code"}
#: Brackets times characters. Markdown looks for a link from each bracket to the end, so that a few thousand of them in
#: one sentence would hold a worker for minutes; beyond this, brackets are characters.
MOST_LOOKING = 1_000_000
_LINKS = ("link", "image_link", "image_reference", "reference", "short_reference", "short_image_ref")
_PARAGRAPH = re.compile(r"^<p>(.*)</p>$", re.DOTALL)


@lru_cache(maxsize=2)
def _markdown(*, links: bool = True) -> Markdown:
    """Markdown that knows paragraphs only, and no HTML.

    A sentence that starts with a number or a dash stays a sentence, and ``<`` is a character: what a log or a person
    wrote in angle brackets is shown, because it is signed.
    """
    markdown = Markdown(output_format="html")
    for name in [item.name for item in markdown.parser.blockprocessors._priority]:  # type: ignore[attr-defined]
        if name != "paragraph":
            markdown.parser.blockprocessors.deregister(name)
    markdown.preprocessors.deregister("html_block")
    for name in ("html", "autolink", "automail", *(() if links else _LINKS)):
        markdown.inlinePatterns.deregister(name)
    return markdown


@lru_cache(maxsize=4096)
def inline(text: str) -> SafeString:
    """Strong, emphasized and code text as HTML; everything else, links and pictures included, becomes plain words."""
    words = " ".join(in_words(text).split())
    links = words.count("[") * len(words) <= MOST_LOOKING
    html = _markdown(links=links).reset().convert(words)
    match = _PARAGRAPH.match(html)
    return mark_safe(nh3.clean(match.group(1) if match else html, tags=TAGS, attributes={}))  # noqa: S308 - just cleaned


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The words alone, for messages and systems that know no emphasis."""
    return unescape(nh3.clean(inline(text), tags=set()))
