"""What a kind of connection is made of: an address, a secret, and a few options."""

from __future__ import annotations

from dataclasses import dataclass

from governance.enums import ConnectionKind

PRINTABLE = r"[!-~]{8,4096}"


@dataclass(frozen=True)
class Option:
    """One value beside address and secret.

    ``default`` is used when nothing is typed; ``pattern`` is what a value must match entirely, ``misfit`` the sentence
    for one that does not.
    """

    name: str
    label: str
    help: str
    pattern: str
    misfit: str
    required: bool = True
    default: str = ""


@dataclass(frozen=True)
class Kind:
    """One outside system: where it lives, what its secret is called, whether it needs one, and its options."""

    kind: ConnectionKind
    purpose: str
    base_url: str
    base_url_help: str
    credential_label: str
    credential_help: str
    credential_pattern: str
    credential_misfit: str
    options: tuple[Option, ...]
    needs_secret: bool = True
