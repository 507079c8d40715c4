#!/usr/bin/env python
"""Afterword's commands: ``python manage.py up`` runs everything, ``python manage.py help`` lists the rest."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run one command; the embedded database is started when the command needs it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed in this Python. Run `make run` once, then .venv/bin/python manage.py ..."
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
