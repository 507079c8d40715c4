"""An organization with a responder and an incident, inside its scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope

from governance.models import Organization, User
from incidents.models import Incident
from tests.factories import make_incident, make_member, make_organization


@pytest.fixture
def organization(db: None) -> Iterator[Organization]:
    """The organization whose scope is open during the test."""
    found = make_organization("acme")
    with scope(organization=found):
        yield found


@pytest.fixture
def responder(organization: Organization) -> User:
    return make_member(organization, name="Mara Okafor")


@pytest.fixture
def incident(organization: Organization) -> Incident:
    return make_incident(organization)
