"""What ``manage.py`` uses when nothing is said: everything is found or made, nothing is reachable from elsewhere."""

from config import files
from config.settings.base import *
from config.settings.base import AFTERWORD, ALLOWED_HOSTS, FIELD_KEYS, SECRET_KEY, VAR

SECRET_KEY = SECRET_KEY or files.make_once(VAR / "secret_key", files.new_secret_key)
FIELD_KEYS = FIELD_KEYS or (files.make_once(VAR / "field_key", files.new_field_key),)
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
WHITENOISE_MAX_AGE = 0
DEMO = AFTERWORD.demo
