"""Files of an installation: closed to others, written whole or not at all, held by one at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def private_directory(path: Path) -> Path:
    """The directory, made when missing together with those above it, each closed to other users."""
    for directory in (*reversed(path.parents), path):
        directory.mkdir(mode=0o700, exist_ok=True)
    return path


def make_once(path: Path, make: Callable[[], str]) -> str:
    """The secret in a file; made on first use, complete or not there at all, whoever else tries at the same time."""
    private_directory(path.parent)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def new_secret_key() -> str:
    """64 random characters."""
    return secrets.token_urlsafe(48)


def new_field_key() -> str:
    """A fresh Fernet key: 32 random bytes in URL-safe base 64."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def allow(path: Path, bits: int) -> None:
    """Give these rights to a file or directory that lacks some of them."""
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


@contextmanager
def locked(path: Path, how: int) -> Iterator[bool]:
    """Hold a lock on a file; yields False when ``how`` says not to wait and somebody else holds it."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, how)
        except BlockingIOError:
            yield False
        else:
            yield True
