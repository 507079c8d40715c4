"""What the trackers' tests stand on."""

from tests.doubles.fixtures import jira, organization

__all__ = ["jira", "organization"]
