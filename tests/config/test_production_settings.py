"""Production refuses to start unsafely, and says why; started well, Django's deployment checks find nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.running import manage

GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "AFTERWORD_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "AFTERWORD_FIELD_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "AFTERWORD_ALLOWED_HOSTS": "afterword.example.com",
    "DATABASE_URL": "postgresql://nobody@/nothing?host=/nonexistent",
}


def test_production_with_good_settings_passes_deployment_checks(tmp_path: Path) -> None:
    result = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert result.returncode == 0, result.stdout
    assert not list(tmp_path.iterdir()), "a check must not leave state behind"


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("AFTERWORD_SECRET_KEY", "", "AFTERWORD_SECRET_KEY is missing"),
        ("AFTERWORD_SECRET_KEY", "short", "at least 50 random characters"),
        ("AFTERWORD_SECRET_KEY", "a" * 64, "at least 50 random characters"),
        ("AFTERWORD_SECRET_KEY", "django-insecure-" + "0123456789abcdef" * 4, "a default"),
        ("AFTERWORD_FIELD_KEYS", "", "AFTERWORD_FIELD_KEYS is missing"),
        ("AFTERWORD_FIELD_KEYS", "not-a-key", "AFTERWORD_FIELD_KEYS holds"),
        ("AFTERWORD_ALLOWED_HOSTS", "", "AFTERWORD_ALLOWED_HOSTS names no host"),
        ("AFTERWORD_ALLOWED_HOSTS", "*", "AFTERWORD_ALLOWED_HOSTS names no host"),
        ("AFTERWORD_DEBUG", "1", "AFTERWORD_DEBUG is on"),
    ],
)
def test_production_refuses_to_start_and_says_why(
    tmp_path: Path, variable: str, value: str, words: str
) -> None:
    result = manage(tmp_path, "check", **{**GOOD, variable: value})
    assert result.returncode != 0
    assert words in result.stdout
