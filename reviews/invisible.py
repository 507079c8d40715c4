"""Characters that nobody sees and that change how others are read: they stay in the evidence and enter no text.

Marks of direction turn our words around where a quotation ends, characters of no width hide inside names, and control
characters mean something to programs. A text is compared with its evidence without them, too.
"""

from __future__ import annotations

import re

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def seen(text: str) -> str:
    """The text without what cannot be seen; white space stays."""
    return _INVISIBLE.sub("", text)
