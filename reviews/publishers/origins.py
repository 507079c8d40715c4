"""How every form of a publication says that a sentence was suggested by a model (invariant 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviews.enums import Provenance


def suggested_by(passage: Mapping[str, Any]) -> str:
    """``suggested by the model large-7b`` for a passage of the signed text; empty for everybody else's."""
    if passage.get("provenance") != Provenance.MODEL:
        return ""
    return f"suggested by the model {passage['model']}" if passage.get("model") else "suggested by a model"
