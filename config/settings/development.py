"""What ``manage.py`` uses when nothing is said: everything is found or made, nothing is reachable from elsewhere."""

from config import env
from config.settings.base import *
from config.settings.base import AFTERWORD, ALLOWED_HOSTS, FIELD_KEYS, SECRET_KEY, VAR

SECRET_KEY = SECRET_KEY or env.make_once(VAR / "secret_key", env.new_secret_key)
FIELD_KEYS = FIELD_KEYS or (env.make_once(VAR / "field_key", env.new_field_key),)
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
WHITENOISE_MAX_AGE = 0
DEMO = AFTERWORD.demo
