"""The embedded server: who may do what, who starts and stops it, and what it survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from config import postgres
from config.postgres import Cluster, PostgresError
from tests.config.running import alive, eventually, kill, manage


@pytest.fixture
def var() -> Iterator[Path]:
    """A state directory with a short path, as sockets need."""
    with tempfile.TemporaryDirectory(prefix="aw-pg-") as directory:
        yield Path(directory) / "var"


@pytest.fixture
def cluster(var: Path) -> Iterator[Cluster]:
    """A server of this test's own."""
    cluster = Cluster(var, for_tests=True)
    yield cluster
    cluster.leave()


@pytest.mark.django_db
def test_application_role_is_not_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)


def test_ensure_running_makes_a_database_that_the_role_owns(cluster: Cluster) -> None:
    with psycopg.connect(cluster.ensure_running()) as connection:
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba), current_user FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        assert owner == ("afterword", "afterword")
        listening = connection.execute("SHOW listen_addresses").fetchone()
        assert listening == ("",)


def test_role_may_not_make_databases_outside_tests(var: Path) -> None:
    cluster = Cluster(var)
    try:
        with (
            psycopg.connect(cluster.ensure_running(), autocommit=True) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE DATABASE another")
    finally:
        cluster.leave()


def test_state_is_closed_to_other_users(cluster: Cluster) -> None:
    cluster.ensure_running()
    for directory in (cluster.home, cluster.data, cluster.socket_directory):
        assert directory.stat().st_mode & 0o077 == 0, directory


def test_server_killed_keeps_committed_rows(var: Path) -> None:
    cluster = Cluster(var)
    with psycopg.connect(cluster.ensure_running()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    pid = cluster.pid()
    assert pid is not None
    kill(pid)
    eventually(lambda: cluster.pid() is None)
    with psycopg.connect(cluster.ensure_running()) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    cluster.leave()


def test_stale_pid_file_with_the_number_of_another_process_does_not_stop_the_start(cluster: Cluster) -> None:
    cluster.ensure_running()
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    pid = cluster.pid()
    assert pid is not None
    kill(pid)
    eventually(lambda: cluster.pid() is None)
    (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    cluster.ensure_running()
    assert cluster.pid() not in {None, os.getpid(), pid}


def test_setup_that_was_broken_off_is_begun_anew(cluster: Cluster) -> None:
    half = cluster.home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with psycopg.connect(cluster.ensure_running()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_last_user_stops_the_server(cluster: Cluster, var: Path) -> None:
    other = Cluster(var, for_tests=True)
    cluster.ensure_running()
    other.ensure_running()
    cluster.leave()
    assert other.pid() is not None
    other.leave()
    assert other.pid() is None


def test_child_server_dies_with_its_parent(var: Path) -> None:
    script = (
        "import sys, pathlib; from config.postgres import Cluster\n"
        "cluster = Cluster(pathlib.Path(sys.argv[1]), for_tests=True)\n"
        "cluster.start_as_child(); print(cluster.pid(), flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(var)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    server = int(parent.stdout.readline())
    assert alive({server})
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    eventually(lambda: not alive({server}), seconds=20)


def test_long_path_listens_in_a_short_directory(var: Path) -> None:
    cluster = Cluster(var / ("long" * 30), for_tests=True)
    try:
        with psycopg.connect(cluster.ensure_running()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        directory = cluster.socket_directory
        assert directory.parent == Path(tempfile.gettempdir())
        assert directory.stat().st_mode & 0o077 == 0
    finally:
        cluster.leave()
    directory.rmdir()


def test_socket_directory_that_others_prepared_is_refused(var: Path) -> None:
    cluster = Cluster(var / ("long" * 30), for_tests=True)
    trap = cluster.socket_directory
    trap.mkdir(mode=0o755)
    try:
        with pytest.raises(PostgresError, match="Remove it"):
            cluster.ensure_running()
    finally:
        cluster.leave()
        trap.rmdir()


def test_data_of_another_version_is_left_alone(cluster: Cluster) -> None:
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 16"):
        cluster.ensure_running()


def test_command_starts_the_server_for_itself_and_stops_it(var: Path) -> None:
    result = manage(var, "showmigrations", "governance")
    assert result.returncode == 0, result.stdout
    assert "[ ] 0001_initial" in result.stdout
    assert Cluster(var).pid() is None


def test_command_that_needs_no_database_starts_none(var: Path) -> None:
    result = manage(var, "check")
    assert result.returncode == 0, result.stdout
    assert not (var / "postgres").exists()


def test_cluster_is_one_per_directory(var: Path) -> None:
    assert postgres.cluster(var) is postgres.cluster(var)
