"""What a server uses (``DJANGO_SETTINGS_MODULE=config.settings.production``); refuses to start when it is not safe."""

from __future__ import annotations

import os

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config import logs
from config.env import Env
from config.settings.base import *
from config.settings.base import AFTERWORD, STORAGES

MAKE_A_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


def refuse_unsafe(environment: Env) -> None:
    """Raise ``ImproperlyConfigured`` with a sentence when a server must not be started like this."""
    if environment.debug:
        raise ImproperlyConfigured(
            "AFTERWORD_DEBUG is on, and debug pages show secrets. Unset it in production."
        )
    key = environment.secret_key
    if len(key) < 50 or len(set(key)) < 10 or "insecure" in key:
        raise ImproperlyConfigured(
            "AFTERWORD_SECRET_KEY is missing, too short or a default. Set it, or AFTERWORD_SECRET_KEY_FILE, "
            f"to at least 50 random characters, for example from: {MAKE_A_KEY}"
        )
    if not environment.field_keys:
        raise ImproperlyConfigured(
            "AFTERWORD_FIELD_KEYS is missing, so no token could be stored. Set it, or AFTERWORD_FIELD_KEYS_FILE, to a "
            "key from: python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
        )
    try:
        [Fernet(key) for key in environment.field_keys]
    except ValueError as error:
        raise ImproperlyConfigured(
            "AFTERWORD_FIELD_KEYS holds something that is no key of 32 bytes in URL-safe base 64. "
            "Put back the key that was used before; a stored token can be read with no other."
        ) from error
    if not environment.allowed_hosts or "*" in environment.allowed_hosts:
        raise ImproperlyConfigured(
            "AFTERWORD_ALLOWED_HOSTS names no host. Set it to the names that people type, separated by commas."
        )


refuse_unsafe(AFTERWORD)

DEBUG = False
DEMO = AFTERWORD.demo and "AFTERWORD_DEMO" in os.environ
BASE_URL = AFTERWORD.base_url or f"https://{AFTERWORD.allowed_hosts[0]}"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
LOG_AS_JSON = True
logs.configure(level=AFTERWORD.log_level, as_json=LOG_AS_JSON)
