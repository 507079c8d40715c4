"""How one setting is read from its text; each raises ``ValueError`` with what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Parser = Callable[[str], Any]


def text(value: str) -> str:
    return value


def path(value: str) -> Path:
    return Path(value).expanduser().absolute()


def file(value: str) -> Path:
    found = path(value)
    if not found.is_file():
        raise ValueError("there is no such file")
    return found


def words(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def flag(value: str) -> bool:
    meanings = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    try:
        return meanings[value.strip().lower()]
    except KeyError:
        raise ValueError("write 1 to switch it on or 0 to switch it off") from None


def whole(low: int, high: int) -> Parser:
    def parse(value: str) -> int:
        if not value.strip().isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"write a whole number from {low} to {high}")
        return int(value)

    return parse


def choice(*words: str) -> Parser:
    def parse(value: str) -> str:
        if value.strip().lower() not in words:
            raise ValueError(f"write one of {', '.join(words)}")
        return value.strip().lower()

    return parse


def address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("write a whole address such as https://afterword.example.com")
    return value.strip().rstrip("/")


def postgres(value: str) -> str:
    if urlsplit(value).scheme not in {"postgres", "postgresql"}:
        raise ValueError("write postgresql://user:password@host:5432/database")
    return value


def mail(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("write smtp://user:password@host:587, or smtps:// for TLS from the first byte")
    return value
