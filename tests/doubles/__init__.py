"""Outside systems for tests: real HTTP on this machine, with state, so that doing a thing twice shows."""

from tests.doubles.base import Call, Double
from tests.doubles.confluence import Confluence
from tests.doubles.jira import Jira
from tests.doubles.slack import Slack

__all__ = ["Call", "Confluence", "Double", "Jira", "Slack"]
