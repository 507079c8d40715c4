"""JSON that is almost what a vendor sends: any value of a sample may be another one, or be missing."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["\x00", "{", "[]", "arn:", ":", "2026-03-01T12:00:00Z", "9" * 400])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)


@st.composite
def changed(draw: st.DrawFn, samples: list[Any]) -> Any:
    """One of the samples with up to four of its values replaced by something else or taken out."""
    document = copy.deepcopy(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(document))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        if draw(st.booleans()) and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = draw(ANYTHING)
    return document


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Each value inside, as the object or list that holds it and the key or position."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[tuple[Any, Any]] = []
    for key, held in inside:
        found += [(value, key), *_places(held)]
    return found
