"""People at the door."""

from __future__ import annotations

import pytest

from governance.models import User
from tests.factories import make_member, make_organization


@pytest.fixture
def mara(db: None) -> User:
    """A responder who signs in with ``PASSWORD``."""
    return make_member(make_organization("acme"), name="Mara Okafor", email="mara@example.test")
