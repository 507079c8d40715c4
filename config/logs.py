"""Log lines: one shape for our own code and for libraries, for people on a console or as JSON for machines."""

from __future__ import annotations

import logging.config

import structlog
import structlog.dev
import structlog.tracebacks
from structlog.typing import Processor

_NOISY = {
    "celery.app.trace": "WARNING",
    "celery.beat": "WARNING",
    "celery.worker.strategy": "WARNING",
    "fontTools": "ERROR",
    "httpcore2": "WARNING",
    "httpx2": "WARNING",
    "kombu.connection": "ERROR",
    "weasyprint": "ERROR",
}


def configure(*, level: str, as_json: bool) -> None:
    """Send every line to standard output, each with its time in UTC, its level and its logger."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    # Tracebacks never show the values of variables: tokens and words of people would be among them.
    in_json = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )
    in_text = structlog.dev.ConsoleRenderer(
        colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
    )
    last: list[Processor] = [in_json, structlog.processors.JSONRenderer()] if as_json else [in_text]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                }
            },
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stdout",
                    "formatter": "line",
                }
            },
            "root": {"handlers": ["stdout"], "level": level.upper()},
            "loggers": {name: {"level": least} for name, least in _NOISY.items()},
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
