"""Settings from the environment: typed, refused with a sentence, listed for people, secrets made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config import env, files


def test_load_with_nothing_set_gives_defaults() -> None:
    settings = env.load({})
    assert settings.var == env.ROOT / "var"
    assert settings.port is None
    assert not settings.debug
    assert settings.demo
    assert settings.evidence_max_bytes == 512 * 1024 * 1024


def test_load_reads_types() -> None:
    settings = env.load(
        {
            "AFTERWORD_VAR": "/srv/afterword",
            "AFTERWORD_PORT": "9000",
            "AFTERWORD_DEMO": "off",
            "AFTERWORD_ALLOWED_HOSTS": "a.example, b.example,",
            "AFTERWORD_BASE_URL": "https://a.example/",
        }
    )
    assert settings.var == Path("/srv/afterword")
    assert settings.port == 9000
    assert settings.demo is False
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.base_url == "https://a.example"


@pytest.mark.parametrize(
    ("variable", "value", "advice"),
    [
        ("AFTERWORD_PORT", "eighty", "whole number from 1 to 65535"),
        ("AFTERWORD_PORT", "70000", "whole number from 1 to 65535"),
        ("AFTERWORD_DEBUG", "maybe", "write 1"),
        ("AFTERWORD_BASE_URL", "afterword.example.com", "whole address"),
        ("AFTERWORD_LOG_LEVEL", "chatty", "debug, info, warning, error"),
        ("DATABASE_URL", "mysql://root@/x", "postgresql://"),
    ],
)
def test_load_with_unfit_value_names_variable_and_says_what_to_write(
    variable: str, value: str, advice: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.load({variable: value})
    assert variable in str(refusal.value)
    assert advice in str(refusal.value)


def test_load_does_not_repeat_a_secret_that_does_not_fit() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        env.load({"DATABASE_URL": "mysql://root:hunter2@db/x"})
    assert "hunter2" not in str(refusal.value)


def test_secret_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from a file\n")
    assert env.load({"AFTERWORD_SECRET_KEY_FILE": str(file)}).secret_key == "from a file"


def test_secret_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="AFTERWORD_SECRET_KEY_FILE"):
        env.load({"AFTERWORD_SECRET_KEY_FILE": str(tmp_path / "nothing")})


def test_secret_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="Remove one"):
        env.load({"AFTERWORD_SECRET_KEY": "x", "AFTERWORD_SECRET_KEY_FILE": str(tmp_path)})


def test_database_reads_every_part_of_an_address() -> None:
    found = env.database("postgresql://me:p%40ss@db.example:5433/after?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("me", "p@ss", "db.example")
    assert (found["PORT"], found["NAME"], found["OPTIONS"]) == ("5433", "after", {"sslmode": "require"})


def test_database_reads_a_socket_directory() -> None:
    found = env.database("postgresql://afterword@/afterword?host=/run/pg")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/pg", "", {})


def test_make_once_keeps_the_first_secret_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state" / "secret_key"
    first = files.make_once(path, files.new_secret_key)
    assert len(first) >= 50
    assert files.make_once(path, files.new_secret_key) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_make_once_by_many_at_the_same_time_gives_one_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: files.make_once(path, files.new_secret_key), range(64)))
    assert found == {path.read_text()}


def test_new_field_key_fits_fernet() -> None:
    cipher = Fernet(files.new_field_key())
    assert cipher.decrypt(cipher.encrypt(b"token")) == b"token"


def test_readme_lists_every_setting() -> None:
    readme = (env.ROOT / "README.md").read_text(encoding="utf-8")
    missing = [row for row in env.table().splitlines() if row not in readme]
    assert not missing, "Put the output of `python -m config.env` into the README; it lacks:\n" + "\n".join(
        missing
    )
