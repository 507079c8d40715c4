"""Small builders of the rows that tests start from; each takes what the test is about and fills in the rest."""

from tests.factories.incidents import make_entry, make_evidence, make_incident, make_service
from tests.factories.people import PASSWORD, make_member, make_organization

__all__ = [
    "PASSWORD",
    "make_entry",
    "make_evidence",
    "make_incident",
    "make_member",
    "make_organization",
    "make_service",
]
