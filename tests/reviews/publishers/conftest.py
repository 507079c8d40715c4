"""What the publishers' tests stand on."""

from tests.doubles.fixtures import confluence, organization, slack

__all__ = ["confluence", "organization", "slack"]
