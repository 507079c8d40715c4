"""A file store that ends its own process, as a power cut would, just before or just after a file is written."""

from __future__ import annotations

import os
import signal
from typing import Any

from django.core.files.storage import FileSystemStorage


class DeadlyStorage(FileSystemStorage):
    """``moment`` is ``before`` or ``after``; ``ending`` names the file by how it ends."""

    def __init__(self, *, moment: str, ending: str, **options: Any) -> None:
        super().__init__(**options)
        self.moment, self.ending = moment, ending

    def _save(self, name: str, content: Any) -> str:
        self._die_at("before", name)
        stored: str = super()._save(name, content)  # type: ignore[misc]
        self._die_at("after", name)
        return stored

    def _die_at(self, moment: str, name: str) -> None:
        if moment == self.moment and name.endswith(self.ending):
            os.kill(os.getpid(), signal.SIGKILL)
