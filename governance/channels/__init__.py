"""The ways from a notice to a person who is not looking at the page: one bundle, one message, never twice."""

from __future__ import annotations

from governance import outbox
from governance.channels import bundles
from governance.services.notices import OUTBOX_KIND


def install() -> None:
    """Name the handler of bundles to the outbox; called once while the application starts."""
    outbox.register(OUTBOX_KIND, bundles.deliver)
