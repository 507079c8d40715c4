"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diff_match_patch import diff_match_patch
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_FIRST = 0xE000  # words are mapped to characters of the private use areas, which no text contains


def redline(before: str, after: str) -> SafeString:
    """HTML with ``<ins>`` and ``<del>``; both also say in hidden words what they are."""
    return format_html_join("", "{}", ((_piece(kind, text),) for kind, text in differences(before, after)))


def differences(before: str, after: str) -> Iterator[tuple[int, str]]:
    """(-1 deleted, 0 kept, 1 inserted; text) in order; the kept and inserted ones together are ``after``.

    Where little is kept between two changes they are told as one: whole phrases read better than every second word.
    """
    words: dict[str, str] = {}
    first, second = _mapped(before, words), _mapped(after, words)
    back = {code: word for word, code in words.items()}
    engine = diff_match_patch()
    found = engine.diff_main(first, second, False)
    engine.diff_cleanupSemantic(found)
    for kind, codes in found:
        yield kind, "".join(back[code] for code in codes)


def _mapped(text: str, words: dict[str, str]) -> str:
    return "".join(words.setdefault(word, _code(len(words))) for word in _WORDS.findall(text))


def _code(index: int) -> str:
    """One character for each distinct word: 6,400 in the basic plane's private area, then the supplementary ones."""
    return chr(_FIRST + index) if index < 6400 else chr(0xF0000 + index - 6400)


def _piece(kind: int, text: str) -> SafeString:
    if kind > 0:
        return format_html('<ins><span class="visually-hidden">inserted: </span>{}</ins>', text)
    if kind < 0:
        return format_html('<del><span class="visually-hidden">deleted: </span>{}</del>', text)
    return format_html("{}", text)
