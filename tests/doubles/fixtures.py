"""Fixtures for tests that speak to the doubles; a ``conftest.py`` imports what it needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django_scopes import scope
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from governance.enums import ConnectionKind
from governance.models import Organization
from tests.doubles.confluence import Confluence
from tests.doubles.jira import Jira
from tests.doubles.slack import Slack
from tests.factories import make_organization
from tests.factories.reviews import make_connection


@pytest.fixture
def organization(db: None, settings: Settings) -> Iterator[Organization]:
    """The organization that publishes; its scope is active, and this machine may be reached."""
    settings.OUTBOUND_PRIVATE_HOSTS = ("127.0.0.1", "localhost")
    found = make_organization()
    with scope(organization=found):
        yield found


@pytest.fixture
def confluence(organization: Organization, httpserver: HTTPServer) -> Confluence:
    """A connected Confluence."""
    double = Confluence(httpserver)
    make_connection(organization, ConnectionKind.CONFLUENCE, double.base_url)
    return double


@pytest.fixture
def slack(organization: Organization, httpserver: HTTPServer) -> Slack:
    """A connected Slack."""
    double = Slack(httpserver)
    make_connection(organization, ConnectionKind.SLACK, double.base_url)
    return double


@pytest.fixture
def jira(organization: Organization, httpserver: HTTPServer) -> Jira:
    """A connected Jira."""
    double = Jira(httpserver)
    make_connection(organization, ConnectionKind.JIRA, double.base_url)
    return double
