"""Raw payloads as text that may be shown."""

from __future__ import annotations

import orjson

from incidents.masking.texts import finds, mask

SHOWN = 200_000
"""So many characters of a payload are shown; the whole of it is in the file."""

_BEYOND = 20_000
"""So far the text is read on at the cut, to see whether a secret would be cut in two and no longer be recognized."""


def mask_document(raw: bytes) -> str:
    """A payload as masked text: JSON indented, anything else as it is, with marks for bytes that are no UTF-8.

    Of long payloads the first 200,000 characters, and a last line that says how much is left out.
    """
    text = _indented(raw) or raw.decode("utf-8", "replace")
    cut = _cut(text)
    shown = mask(text[:cut])
    left_out = len(text) - cut
    if not left_out:
        return shown
    return f"{shown}\n… {left_out:,} more characters are left out here. Download the file to read all of it."


def _cut(text: str) -> int:
    """Where to end what is shown: not in the middle of a secret."""
    if len(text) <= SHOWN:
        return len(text)
    across = (find.start for find in finds(text[: SHOWN + _BEYOND]) if find.start < SHOWN < find.end)
    return next(across, SHOWN)


def _indented(raw: bytes) -> str:
    """JSON with two blanks per level; empty when it is no JSON."""
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return ""
