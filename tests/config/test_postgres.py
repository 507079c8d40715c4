"""The embedded server: who may what, and what it survives."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_application_role_is_not_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
