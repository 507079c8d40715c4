"""What ``manage.py`` uses when nothing is said: everything is found or made, nothing is reachable from elsewhere."""

from config.settings.base import *  # noqa: F403
from config.settings.base import ALLOWED_HOSTS, AFTERWORD, FIELD_KEYS, SECRET_KEY, VAR, env

SECRET_KEY = SECRET_KEY or env.make_once(VAR / "secret_key", env.new_secret_key)
FIELD_KEYS = FIELD_KEYS or (env.make_once(VAR / "field_key", env.new_field_key),)
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
WHITENOISE_MAX_AGE = 0
DEMO = AFTERWORD.demo
