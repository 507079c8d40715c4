"""Text that is unreadable in the database and in its backups."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

if TYPE_CHECKING:
    TextFieldBase = models.TextField[str, str]
else:
    TextFieldBase = models.TextField


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """The cipher over ``FIELD_KEYS``: the first key writes, all of them read (so keys can be rotated)."""
    return _cipher(tuple(settings.FIELD_KEYS))


class EncryptedTextField(TextFieldBase):
    """A ``TextField`` stored as a Fernet token."""

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, ""):
            return value
        return cipher().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value in (None, ""):
            return value
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ImproperlyConfigured(
                "A stored secret cannot be read with the present field keys. "
                "Put the earlier key back into AFTERWORD_FIELD_KEYS, after the new one."
            ) from error
