"""Teams' words as readable text: the HTML of a body, and the cards that apps post."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import orjson

MOST_PARTS = 2_000
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "blockquote", "pre", "h1", "h2", "h3", "hr", "codeblock"})
_UNSPOKEN = frozenset({"script", "style", "attachment"})
# What begins like a tag and is none: the standard parser would look for its end again and again, for minutes.
_STRAY = re.compile(r"<(?!/?[A-Za-z][^<>]{0,4000}+>)")
_BLANK = re.compile(r"[ \t\xa0]+")
_SHOWN = ("title", "activityTitle", "activitySubtitle", "text")


def html_words(content: str, mentions: Mapping[str, str]) -> str:
    """The text of a body; ``mentions`` gives the name for the number of each ``<at id="0">``."""
    reader = _Reader(mentions)
    reader.feed(_STRAY.sub("&lt;", _without_comments(content)))
    reader.close()
    return _tidy("".join(reader.parts))


def _without_comments(content: str) -> str:
    *before, rest = content.split("-->")
    return "".join([*(piece.partition("<!--")[0] for piece in before), rest])


def _tidy(text: str) -> str:
    lines = (_BLANK.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    """Collects what a reader of the message would see."""

    def __init__(self, mentions: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._mentions = mentions
        self._unspoken = 0
        self._named = False
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self.parts.append("\n• " if tag == "li" else "\n")
        elif tag in _UNSPOKEN:
            self._unspoken += 1
        elif tag == "at":
            name = self._mentions.get(found.get("id", ""), "")
            self._named = bool(name)
            self.parts.append(f"@{name}")
        elif tag == "a":
            self._link = found.get("href", "")
        elif tag in ("img", "emoji"):
            self.parts.append(found.get("alt", "") if tag == "emoji" else f"[image: {found.get('alt', '')}]")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSPOKEN:
            self._unspoken = max(0, self._unspoken - 1)
        elif tag == "at":
            self._named = False
        elif tag == "a":
            if self._link.startswith(("http://", "https://")) and self.parts[-1:] != [self._link]:
                self.parts.append(f" ({self._link})")
            self._link = ""
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unspoken and not self._named:
            self.parts.append(data)


def card_words(content: str) -> str:
    """What a card (an adaptive or connector card, which comes as JSON in a text) shows; nothing for other content."""
    try:
        card = orjson.loads(content) if content.startswith("{") else None
    except orjson.JSONDecodeError:
        return ""
    said: list[str] = []
    waiting: list[Any] = [card]
    for _ in range(MOST_PARTS):
        if not waiting:
            break
        part = waiting.pop()
        if isinstance(part, dict):
            said += _shown(part)
            waiting += [inner for inner in reversed(part.values()) if isinstance(inner, (dict, list))]
        elif isinstance(part, list):
            waiting += reversed(part)
    return "\n".join(said)


def _shown(part: Mapping[str, Any]) -> list[str]:
    """The texts of one element; a fact of a list of facts is ``title`` or ``name`` with a ``value``."""
    value = part.get("value")
    name = part.get("title") or part.get("name")
    if isinstance(value, str) and isinstance(name, str):
        return [f"{name}: {value}"]
    return [text for key in _SHOWN if isinstance(text := part.get(key), str) and text]
