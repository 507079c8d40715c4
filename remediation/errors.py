"""Refusals of the remediation room."""

from governance.errors import AfterwordError


class DependencyCycle(AfterwordError):
    """An action item would, through others, need itself."""


class StaleItem(AfterwordError):
    """Somebody else saved the action item after this form was opened; ``version`` is the stored one."""

    def __init__(self, label: str, version: int) -> None:
        super().__init__(
            f"Somebody changed {label} while you wrote. Your words are still in the form, and what is stored now "
            "stands above it: put together what belongs together, then save again."
        )
        self.version = version


class NotThisItem(AfterwordError):
    """The action item is not in a state that allows the step."""
