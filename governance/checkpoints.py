"""Signed checkpoints of the audit chain that leave the database (invariant 8).

A chain alone cannot show that its end was cut off or that all of it was written anew. A checkpoint says, under an
Ed25519 signature, which hash stood at which sequence; kept elsewhere, it finds both.
"""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings

from governance.audit import GENESIS, canonical
from governance.models import AuditEntry, Organization

SIGNED_FIELDS = ("organization", "sequence", "hash", "at", "public_key")


def signing_key() -> Ed25519PrivateKey:
    """The key of this installation, made on first use, readable by the owner only."""
    path = Path(settings.VAR) / "keys" / "checkpoint.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        raw = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass  # another process was first; its key is the one
        finally:
            fresh.unlink()
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def public_key() -> str:
    """The public half, base64 of its 32 bytes."""
    return base64.b64encode(signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def checkpoint(organization: Organization) -> dict[str, Any]:
    """The head of an organization's chain as it stands, signed."""
    trail = AuditEntry.objects.with_scopes_disabled().filter(organization=organization)
    head = trail.order_by("-sequence").first()
    found: dict[str, Any] = {
        "organization": organization.slug,
        "sequence": head.sequence if head else 0,
        "hash": head.hash if head else GENESIS,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "public_key": public_key(),
    }
    return {**found, "signature": base64.b64encode(signing_key().sign(_signed(found))).decode()}


def is_genuine(found: dict[str, Any]) -> bool:
    """Whether the signature fits the checkpoint and the key that it names."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(found["public_key"]))
        key.verify(base64.b64decode(found["signature"]), _signed(found))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return True


def fault_against(found: dict[str, Any]) -> str:
    """What is wrong between a checkpoint and the database; empty when the trail still holds what it saw."""
    if not is_genuine(found):
        return "the checkpoint itself was changed: its signature does not fit"
    if found["public_key"] != public_key():
        return "the checkpoint was signed by another installation's key"
    trail = AuditEntry.objects.with_scopes_disabled().filter(organization__slug=found["organization"])
    if not found["sequence"]:
        return ""
    entry = trail.filter(sequence=found["sequence"]).first()
    if entry is None:
        return f"the trail was cut: entry {found['sequence']} is gone"
    if entry.hash != found["hash"]:
        return f"the trail was written anew: entry {found['sequence']} is another one"
    return ""


def _signed(found: dict[str, Any]) -> bytes:
    text = canonical({name: found[name] for name in SIGNED_FIELDS})
    return hashlib.sha256(text.encode()).digest()
