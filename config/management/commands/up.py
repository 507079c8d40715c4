"""``manage.py up``: run the whole installation until Ctrl-C."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from config.installation import CannotRun, Installation, listen, only_one
from config.postgres import PostgresError


class Command(BaseCommand):
    help = "Start database, web server, worker and scheduler, keep them running, and stop them all on Ctrl-C."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with only_one() as note, listen() as listener:
                self._run(Installation(self._say, listener, note))
        except (CannotRun, PostgresError) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(
                f"The database does not answer. Check DATABASE_URL. It said: {error}"
            ) from error

    def _run(self, installation: Installation) -> None:
        supervisor = installation.supervisor
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: supervisor.stopping.set())
        try:
            installation.start()
            if not supervisor.stopping.is_set():
                installation.announce()
                supervisor.run()
        finally:
            self._say("Stopping ...")
            supervisor.stop()
        self._say("Stopped.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
