"""The list of stolen passwords, looked up without being loaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from config import env
from config.settings.door import door
from governance.door.breaches import is_breached
from governance.models import User
from tests.factories import PASSWORD
from tests.governance.door.at_door import sign_in

STOLEN = [f"stolen password {number}" for number in range(50)]


def _hash(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()  # noqa: S324 - the list is made of these


def _file(
    path: Path, *, digits: int = 40, counts: bool = True, end: str = "\n", passwords: list[str]
) -> Path:
    lines = sorted(_hash(password)[:digits] + (":17" if counts else "") for password in passwords)
    path.write_text("".join(line + end for line in lines))
    return path


@pytest.mark.parametrize("size", [0, 1, 2, 3, 50])
@pytest.mark.parametrize(
    ("digits", "counts", "end"), [(40, True, "\n"), (40, True, "\r\n"), (40, False, "\n"), (16, False, "\n")]
)
def test_every_listed_password_is_found_and_no_other(
    tmp_path: Path, size: int, digits: int, counts: bool, end: str
) -> None:
    listed = STOLEN[:size]
    path = _file(tmp_path / "list", digits=digits, counts=counts, end=end, passwords=listed)
    assert [password for password in STOLEN if is_breached(path, password)] == listed
    assert not any(is_breached(path, f"fine {number}") for number in range(50))


def test_last_line_may_lack_its_end(tmp_path: Path) -> None:
    path = _file(tmp_path / "list", passwords=STOLEN)
    path.write_text(path.read_text().rstrip("\n"))
    assert all(is_breached(path, password) for password in STOLEN)


def test_stolen_password_is_refused_when_one_is_chosen(
    client: Client, mara: User, tmp_path: Path, settings: Settings
) -> None:
    path = _file(tmp_path / "list", passwords=STOLEN)
    environment = env.load({"AFTERWORD_BREACHED_PASSWORDS": str(path)})
    settings.AUTH_PASSWORD_VALIDATORS = door(environment)["AUTH_PASSWORD_VALIDATORS"]
    sign_in(client, mara)
    sent = {"oldpassword": PASSWORD, "password1": STOLEN[3], "password2": STOLEN[3]}
    answer = client.post("/account/password/", sent)
    assert answer.status_code == 422
    assert "list of stolen ones" in answer.content.decode()


def test_list_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"AFTERWORD_BREACHED_PASSWORDS.*no such file"):
        env.load({"AFTERWORD_BREACHED_PASSWORDS": str(tmp_path / "nothing")})
