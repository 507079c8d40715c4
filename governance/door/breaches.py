"""Passwords that were stolen elsewhere, looked up in a file on this machine; nothing is asked of anybody outside.

The file is the public list of "pwned passwords" ordered by hash: one SHA-1 in hexadecimal digits a line, sorted, with
or without ``:count`` behind it. Shorter beginnings of the hashes, all of one length, do as well and save room.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

LONGEST_LINE = 128


class BreachedPasswordValidator:
    """Refuses a password whose hash is in the file."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if is_breached(self.path, password):
            raise ValidationError(
                "This password is on a public list of stolen ones, which is what guessing begins with. Choose another.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "Your password may not be on the public list of stolen ones."


def is_breached(path: Path, password: str) -> bool:
    """Whether the file lists the password's hash: some 30 reads, however long the file is."""
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        kept = _last_not_after(file, digest, path.stat().st_size)
    return bool(kept) and digest.startswith(kept)


def _last_not_after(file: BinaryIO, digest: bytes, size: int) -> bytes:
    """The greatest line that is not greater than ``digest``, or nothing; ``low`` always is the start of a line."""
    low, high, kept = 0, size, b""
    while low < high:
        middle = (low + high) // 2
        start = _line_start(file, middle, low)
        file.seek(start)
        line = file.readline(LONGEST_LINE)
        value = line.partition(b":")[0].strip().upper()
        if value and value <= digest:
            kept, low = value, start + len(line)
        else:
            high = start
    return kept


def _line_start(file: BinaryIO, place: int, low: int) -> int:
    """Where the line begins that ``place`` lies in."""
    begin = max(low, place - LONGEST_LINE)
    file.seek(begin, os.SEEK_SET)
    before = file.read(place - begin)
    cut = before.rfind(b"\n")
    return begin + cut + 1 if cut >= 0 else begin
