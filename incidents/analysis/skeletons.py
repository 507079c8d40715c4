"""A log line without its variables: numbers, times, addresses and ids become ``<*>``, the words stay.

This runs once for each of a million lines, so it is one pass in C: digits become zeros (lengths stay, hence each word
of the line has its twin among the zeroed ones), and what becomes of a zeroed word is remembered. A word without digits
stays as it is; so does a short number inside a word, because it belongs to the name (``x509``, ``k8s``, ``worker12``).
A zeroed line of which no digit stays has one skeleton only, which is remembered whole.
"""

from __future__ import annotations

import re

VARIABLE = "<*>"
LONGEST = 300
WORDS_REMEMBERED = 20_000
LINES_REMEMBERED = 4096
COARSE_WORDS = 8

_MARK = VARIABLE.encode()
_ZEROS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else byte for byte in range(256))
_IDS = re.compile(
    rb"(?<![A-Za-z0])(?:"
    rb"[0A-Fa-f]{8}-(?:[0A-Fa-f]{4}-){3}[0A-Fa-f]{12}"  # UUID
    rb"|(?:[0A-Fa-f]{0,4}:){3,7}[0A-Fa-f]{1,4}(?![A-Za-z0])"  # IPv6, hardware address
    rb"|0[A-Za-z0]*(?:(?:\xc2\xb5|\xce\xbc)s)?"  # 12, 35ms, 5µs, 0x1f, 3fa9
    rb"|[A-Za-z]+0+[A-Za-z]+0[A-Za-z0]*"  # x7k2m9: two numbers in one word make an id
    rb"|(?=[A-Fa-f]+0)[0A-Fa-f]{6,}(?![A-Za-z0])"  # cafe12
    rb")|(?<=[A-Za-z])0{4,}[A-Za-z0]*"  # order12345
    rb"|^[-+]0[A-Za-z0]*"
)
_RUN = re.compile(rb"<\*>(?:[-.,:+/]?<\*>)+")
_LEFT = re.compile(rb"0+")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|(?<==)[^\s\"',;]+|\S*\d\S*")


class _Words(dict[bytes, bytes]):
    """From a zeroed word to what stands for it; empty when the word stays as it was written."""

    def __missing__(self, word: bytes) -> bytes:
        if len(self) >= WORDS_REMEMBERED:
            self.clear()
        self[word] = found = _without_ids(word) if b"0" in word else b""
        return found


def _without_ids(word: bytes) -> bytes:
    bare = _IDS.sub(_MARK, word)
    return b"" if bare == word else _RUN.sub(_MARK, _LEFT.sub(_MARK, bare))


_words = _Words()
_lines: dict[bytes, str] = {}


def skeleton(text: str) -> str:
    """The line's first 300 characters with ``<*>`` for what varies and single spaces between words."""
    raw = text[:LONGEST].encode("utf-8", "replace")
    zeroed = raw.translate(_ZEROS)
    return _lines.get(zeroed) or _learned(zeroed, raw)


def _learned(zeroed: bytes, raw: bytes) -> str:
    """The skeleton word by word; remembered when it does not depend on what the digits were."""
    twins = zeroed.split()
    bare = b" ".join([_words[twin] or word for twin, word in zip(twins, raw.split(), strict=True)]).decode()
    if all(_words[twin] or b"0" not in twin for twin in twins):
        if len(_lines) >= LINES_REMEMBERED:
            _lines.clear()
        _lines[zeroed] = bare
    return bare


def coarse(bare: str) -> str:
    """A skeleton made coarser: quotations, values after ``=``, words with digits, and all after eight words go."""
    words = _QUOTED.sub(VARIABLE, bare).split()
    return " ".join([*words[:COARSE_WORDS], VARIABLE] if len(words) > COARSE_WORDS else words)
