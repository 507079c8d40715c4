"""Signs of life of the background processes."""

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of one process (``worker``, ``scheduler``); read by ``/readyz`` and ``manage.py up``."""

    process = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.process} at {self.at:%Y-%m-%d %H:%M:%S}"
