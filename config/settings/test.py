"""Tests: a state directory of their own, no key from the machine, quick passwords, tasks that stay in the process."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("AFTERWORD_VAR", str(Path(tempfile.gettempdir()) / f"afterword-tests-{os.getpid()}"))

from config.settings.base import *
from config.settings.base import DATABASES

SECRET_KEY = "tests-only-" + "k" * 50
FIELD_KEYS = ("dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
DATABASES["default"]["FOR_TESTS"] = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
DEMO = False
