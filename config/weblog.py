"""Where gunicorn's own lines go."""

from __future__ import annotations

from gunicorn import glogging
from gunicorn.config import Config


class GunicornLogger(glogging.Logger):
    """Sends gunicorn's lines the way of all others."""

    def setup(self, cfg: Config) -> None:
        """Called by gunicorn once its options are read."""
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True
