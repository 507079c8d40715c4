"""Reading bytes or objects through one source, as an import does."""

from __future__ import annotations

import io
import json
from typing import Any

from incidents.chronology import NormalizedEntry, normalize
from incidents.sources import ParseContext, Signal, Skipped, get


def parse(kind: str, content: Any, zone: str = "") -> list[Signal | Skipped]:
    """Everything a source yields for a file of these bytes, or of this object as JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(get(kind).parse(io.BytesIO(raw), ParseContext(zone)))


def signals(kind: str, content: Any, zone: str = "") -> list[Signal]:
    """The same, when nothing may be skipped."""
    found = parse(kind, content, zone)
    assert not [item for item in found if isinstance(item, Skipped)]
    return [item for item in found if isinstance(item, Signal)]


def entries(kind: str, content: Any, zone: str = "") -> list[NormalizedEntry]:
    """The same with their times read."""
    return [normalize(signal, ParseContext(zone)) for signal in signals(kind, content, zone)]
