"""Names behind the ids that chat systems use, as pulls learned them."""

from __future__ import annotations

from incidents.enums import SourceKind


def names(organization_id: int, kind: str) -> dict[str, str]:
    """Id to name of people and channels of one source; empty for sources that write names themselves."""
    if kind != SourceKind.SLACK:
        return {}
    from incidents.models import KnownName

    rows = KnownName.objects.filter(organization_id=organization_id, source=kind)
    return dict(rows.values_list("key", "name"))
