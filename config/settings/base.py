"""What development, production and tests have in common. Everything that varies comes from ``config.env``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from config import env, logs
from config.postgres import Cluster
from config.settings.door import APPS, door

AFTERWORD = env.load()
BASE_DIR = env.ROOT
VAR = AFTERWORD.var
PRODUCT_VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "version"
]

DEBUG = AFTERWORD.debug
SECRET_KEY = AFTERWORD.secret_key
FIELD_KEYS = AFTERWORD.field_keys
ALLOWED_HOSTS = list(AFTERWORD.allowed_hosts)
LOCAL_ADDRESS = f"http://127.0.0.1:{AFTERWORD.port or 8000}"
BASE_URL = AFTERWORD.base_url or LOCAL_ADDRESS
CSRF_TRUSTED_ORIGINS = [AFTERWORD.base_url] if AFTERWORD.base_url else []

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "kpis",
    "remediation",
    "reviews",
    "incidents",
    "governance",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "guardian",
    "django_htmx",
    "csp",
    *APPS,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "config.middleware.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.DeliveriesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "governance.tokens.TokenMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "governance.middleware.OrganizationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "governance.context_processors.shell",
                "incidents.context_processors.intake",
                "remediation.context_processors.waiting",
            ],
        },
    }
]

# Data

_embedded = not AFTERWORD.database_url
DATABASES: dict[str, Any] = {
    "default": {
        **env.database(AFTERWORD.database_url or Cluster(VAR).dsn),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
if _embedded:
    DATABASES["default"]["ENGINE"] = "config.embedded"

EVIDENCE_MAX_BYTES = AFTERWORD.evidence_max_bytes
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

STATIC_URL = "static/"
STATIC_ROOT: Path | None = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "evidence"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# People

globals().update(door(AFTERWORD))

# The browser: nothing inline, nothing from elsewhere

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "afterword_session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "afterword_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "governance.views.errors.csrf_failure"
if AFTERWORD.behind_tls_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Mail

globals().update(env.mail(AFTERWORD.mail_url, VAR / "mail"))
DEFAULT_FROM_EMAIL = AFTERWORD.mail_from

# Words and times

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# Work behind the scenes: Celery only nudges, the outbox in the database is the truth

CELERY_BROKER_URL = AFTERWORD.broker_url or "files://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {} if AFTERWORD.broker_url else {"folder": str(VAR / "broker")}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "deliver"
CELERY_TASK_ROUTES = {
    "incidents.tasks.*": {"queue": "ingest"},
    "reviews.tasks.*": {"queue": "draft"},
    "kpis.tasks.*": {"queue": "report"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = AFTERWORD.task_threads
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep the outbox": {"task": "governance.tasks.sweep_outbox", "schedule": 5.0},
    "sweep the intake": {"task": "incidents.tasks.sweep_intake", "schedule": 5.0},
    "sweep the proposals": {"task": "incidents.tasks.sweep_proposals", "schedule": 30.0},
    "forget at the door": {"task": "governance.tasks.forget_at_the_door", "schedule": 3600.0},
    "remind of what is due": {"task": "reviews.tasks.remind", "schedule": 300.0},
    "give a sign of life": {"task": "governance.tasks.heartbeat", "schedule": 10.0},
}
DELIVERY_LEASE_SECONDS = AFTERWORD.delivery_lease_seconds
DELIVERY_SETTLE_SECONDS = AFTERWORD.delivery_settle_seconds
OUTBOUND_PRIVATE_HOSTS = AFTERWORD.outbound_private_hosts
QUEUES = ("ingest", "draft", "deliver", "report")

LOGGING_CONFIG = None
LOG_AS_JSON = False
logs.configure(level=AFTERWORD.log_level, as_json=LOG_AS_JSON)
