"""Django's PostgreSQL engine, which starts the embedded server before it connects.

So every door (a command, a shell, a test, a server started by hand) finds a database, and one that needs none starts
none.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.backends.postgresql import base

from config import postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects to the embedded server of ``AFTERWORD_VAR``."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Start or join the server, then connect to where it listens."""
        server = postgres.cluster(
            settings.AFTERWORD.var, for_tests=self.settings_dict.get("FOR_TESTS", False)
        )
        try:
            server.ensure_running()
        except postgres.PostgresError as error:
            raise OperationalError(str(error)) from error
        return super().get_new_connection({**conn_params, "host": str(server.socket_directory)})
