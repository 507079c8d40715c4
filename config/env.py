"""Every setting that comes from the environment: typed, documented, refused with a sentence when wrong.

``load()`` reads the environment into one frozen ``Env``; ``describe()`` lists the same settings for people (the README
prints it). A secret may also come from a file: ``NAME_FILE=/run/secrets/x`` stands for ``NAME``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import parsing
from config.parsing import Parser

ROOT = Path(__file__).resolve().parent.parent


class Described(NamedTuple):
    """One line of the table of settings: its variable, what stands in for it when unset, what it does."""

    variable: str
    default: str
    meaning: str
    secret: bool


def _setting(
    variable: str, parse: Parser, default: Any, shown: str, meaning: str, *, secret: bool = False
) -> Any:
    """A field of ``Env``; ``shown`` is how the default reads in the table of settings."""
    return field(
        default=default,
        metadata={"line": Described(variable, shown, meaning, secret), "parse": parse},
    )


@dataclass(frozen=True, kw_only=True)
class Env:
    """The settings of one installation."""

    var: Path = _setting(  # noqa: RUF009 - a path does not change
        "AFTERWORD_VAR",
        parsing.path,
        ROOT / "var",
        "var/ beside manage.py",
        "Where state is kept: database, evidence, keys, logs. Readable by its owner only.",
    )
    port: int | None = _setting(
        "AFTERWORD_PORT",
        parsing.whole(1, 65535),
        None,
        "8000, or the next free one",
        "Port of the web server that `up` starts. When you set it and it is taken, `up` stops and says so.",
    )
    bind: str = _setting(
        "AFTERWORD_BIND",
        parsing.text,
        "127.0.0.1",
        "127.0.0.1",
        "Address of this machine that the web server listens on.",
    )
    base_url: str = _setting(
        "AFTERWORD_BASE_URL",
        parsing.address,
        "",
        "http://127.0.0.1 and the port",
        "How people reach this installation; links in pages, messages and PDFs that leave it begin with it.",
    )
    allowed_hosts: tuple[str, ...] = _setting(
        "AFTERWORD_ALLOWED_HOSTS",
        parsing.words,
        (),
        "localhost, 127.0.0.1 (none in production)",
        "Host names that the server answers to, separated by commas. Production needs at least one.",
    )
    behind_tls_proxy: bool = _setting(
        "AFTERWORD_BEHIND_TLS_PROXY",
        parsing.flag,
        False,
        "0",
        "1 when a reverse proxy ends TLS and sets X-Forwarded-Proto itself.",
    )
    debug: bool = _setting(
        "AFTERWORD_DEBUG",
        parsing.flag,
        False,
        "0",
        "1 shows tracebacks in the browser and reloads changed code. Refused in production.",
    )
    secret_key: str = _setting(
        "AFTERWORD_SECRET_KEY",
        parsing.text,
        "",
        "made once in var/secret_key (none in production)",
        "Signs sessions and form tokens; at least 50 random characters.",
        secret=True,
    )
    field_keys: tuple[str, ...] = _setting(
        "AFTERWORD_FIELD_KEYS",
        parsing.words,
        (),
        "made once in var/field_key (none in production)",
        "Fernet keys for stored tokens, separated by commas: the first encrypts, every one decrypts.",
        secret=True,
    )
    database_url: str = _setting(
        "DATABASE_URL",
        parsing.postgres,
        "",
        "an embedded PostgreSQL in var/postgres",
        "A PostgreSQL 15 or newer of your own: postgresql://user:password@host:5432/database.",
        secret=True,
    )
    broker_url: str = _setting(
        "CELERY_BROKER_URL",
        parsing.text,
        "",
        "files in var/broker",
        "Redis or RabbitMQ, needed when workers run on more than one machine.",
        secret=True,
    )
    web_workers: int = _setting(
        "AFTERWORD_WEB_WORKERS",
        parsing.whole(1, 64),
        2,
        "2",
        "Web processes, each with the threads below.",
    )
    web_threads: int = _setting(
        "AFTERWORD_WEB_THREADS",
        parsing.whole(1, 64),
        4,
        "4",
        "Threads in each web process.",
    )
    task_threads: int = _setting(
        "AFTERWORD_TASK_THREADS",
        parsing.whole(1, 64),
        4,
        "4",
        "Background jobs that run at the same time.",
    )
    demo: bool = _setting(
        "AFTERWORD_DEMO",
        parsing.flag,
        True,
        "1 (0 in production)",
        "0 leaves an empty database empty instead of filling a demo organization.",
    )
    evidence_max_bytes: int = _setting(
        "AFTERWORD_EVIDENCE_MAX_BYTES",
        parsing.whole(1024, 2**31 - 1),
        512 * 1024 * 1024,
        "536870912 (512 MiB)",
        "The largest evidence file that is accepted, in bytes.",
    )
    delivery_lease_seconds: int = _setting(
        "AFTERWORD_LEASE_SECONDS",
        parsing.whole(1, 3600),
        60,
        "60",
        "How long a worker may keep one step of a publication before it is taken for dead.",
    )
    delivery_settle_seconds: int = _setting(
        "AFTERWORD_SETTLE_SECONDS",
        parsing.whole(0, 3600),
        45,
        "45",
        "How long a step with an unknown outcome rests before it is tried again; longer than Jira's search lags.",
    )
    mail_url: str = _setting(
        "AFTERWORD_MAIL_URL",
        parsing.mail,
        "",
        "none: mails are files in var/mail",
        "The mail server: smtp://user:password@host:587 (with STARTTLS, unless it ends with ?starttls=0) or smtps://…:465.",
        secret=True,
    )
    mail_from: str = _setting(
        "AFTERWORD_MAIL_FROM",
        parsing.text,
        "Afterword <afterword@localhost>",
        "Afterword <afterword@localhost>",
        "The sender of mails, as the mail server allows it.",
    )
    breached_passwords: Path | None = _setting(  # noqa: RUF009 - a path does not change
        "AFTERWORD_BREACHED_PASSWORDS",
        parsing.file,
        None,
        "none",
        "A list of stolen passwords by SHA-1, sorted, on this machine: nobody may choose one of them.",
    )
    oidc_url: str = _setting(
        "AFTERWORD_OIDC_URL",
        parsing.address,
        "",
        "none",
        "Single sign-on by OpenID Connect: the provider's address, where /.well-known/openid-configuration lies below.",
    )
    oidc_client_id: str = _setting(
        "AFTERWORD_OIDC_CLIENT_ID",
        parsing.text,
        "",
        "none",
        "What the provider calls this installation.",
    )
    oidc_client_secret: str = _setting(
        "AFTERWORD_OIDC_CLIENT_SECRET",
        parsing.text,
        "",
        "none",
        "The secret that the provider gave this installation.",
        secret=True,
    )
    oidc_name: str = _setting(
        "AFTERWORD_OIDC_NAME",
        parsing.text,
        "single sign-on",
        "single sign-on",
        "What people call the provider; it stands on the button and in signatures.",
    )
    oidc_groups: str = _setting(
        "AFTERWORD_OIDC_GROUPS",
        parsing.text,
        "",
        "groups",
        "The claim that lists a person's groups.",
    )
    oidc_email_trusted: bool = _setting(
        "AFTERWORD_OIDC_EMAIL_TRUSTED",
        parsing.flag,
        False,
        "0",
        "1 when the provider says of no address that it is verified, and knows addresses of your own people only.",
    )
    saml_metadata: Path | None = _setting(  # noqa: RUF009 - a path does not change
        "AFTERWORD_SAML_METADATA",
        parsing.file,
        None,
        "none",
        "Single sign-on by SAML 2.0: the file with the identity provider's metadata.",
    )
    saml_name: str = _setting(
        "AFTERWORD_SAML_NAME",
        parsing.text,
        "company sign-on",
        "company sign-on",
        "What people call the identity provider; it stands on the button and in signatures.",
    )
    saml_entity_id: str = _setting(
        "AFTERWORD_SAML_ENTITY_ID",
        parsing.text,
        "",
        "the address of our metadata",
        "What the identity provider calls this installation.",
    )
    saml_groups: str = _setting(
        "AFTERWORD_SAML_GROUPS",
        parsing.text,
        "",
        "groups, or what Entra ID and Shibboleth call it",
        "The attribute that lists a person's groups.",
    )
    outbound_private_hosts: tuple[str, ...] = _setting(
        "AFTERWORD_OUTBOUND_PRIVATE_HOSTS",
        parsing.words,
        (),
        "none",
        "Hosts and networks inside your company that connections may reach, separated by commas.",
    )
    log_level: str = _setting(
        "AFTERWORD_LOG_LEVEL",
        parsing.choice("debug", "info", "warning", "error"),
        "info",
        "info",
        "The least important kind of log line that is written.",
    )


def describe() -> list[Described]:
    """All settings in the order in which people meet them."""
    return [item.metadata["line"] for item in fields(Env)]


def load(environ: Mapping[str, str] | None = None) -> Env:
    """Read the settings; raises ``ImproperlyConfigured`` naming the variable and what to write."""
    environ = os.environ if environ is None else environ
    found: dict[str, Any] = {}
    for item in fields(Env):
        line: Described = item.metadata["line"]
        raw = _raw(environ, line)
        if raw is not None:
            found[item.name] = _parsed(line, item.metadata["parse"], raw)
    return Env(**found)


def _raw(environ: Mapping[str, str], line: Described) -> str | None:
    value = environ.get(line.variable, "").strip()
    path = environ.get(f"{line.variable}_FILE", "").strip() if line.secret else ""
    if value and path:
        raise ImproperlyConfigured(
            f"Both {line.variable} and {line.variable}_FILE are set. Remove one of them."
        )
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(
                f"{line.variable}_FILE names {path}, which cannot be read ({error}). "
                "Check the path and its permissions."
            ) from error
    return value or None


def _parsed(line: Described, parse: Parser, raw: str) -> Any:
    try:
        return parse(raw)
    except ValueError as error:
        shown = "" if line.secret else f" is {raw!r}, which"
        raise ImproperlyConfigured(f"{line.variable}{shown} does not fit: {error}.") from error


def database(url: str) -> dict[str, Any]:
    """Django's database settings of ``postgresql://user:password@host:port/name?host=/socket/dir&sslmode=...``."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def mail(url: str, folder: Path) -> dict[str, Any]:
    """Django's mail settings; without a server each mail is a file in ``folder``.

    ``smtp://`` uses STARTTLS unless the address says ``?starttls=0``, for a server on this machine.
    """
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(folder),
        }
    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    plain = dict(parse_qsl(parts.query)).get("starttls") == "0"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": tls,
        "EMAIL_USE_TLS": not tls and not plain,
        "EMAIL_TIMEOUT": 15,
    }


def table() -> str:
    """The settings as a Markdown table, as it stands in the README."""
    rows = ["| setting | default | what it is |", "|---|---|---|"]
    for line in describe():
        rows.append(f"| `{line.variable}` | {line.default} | {line.meaning} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
