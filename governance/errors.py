"""The vocabulary of refusal that every room shares.

Each error carries one sentence for the person who meets it: what is wrong and what to do next.
"""


class AfterwordError(Exception):
    """A refusal with a sentence fit for the screen; views show ``str(error)`` with its ``status``."""

    status = 422


class AccessDenied(AfterwordError):
    """A member of the organization lacks the right; shown as 403."""


class NotConnected(AfterwordError):
    """An outside system was asked for and no connection to it is configured."""


class InvalidTransition(AfterwordError):
    """A move that the transition table does not allow."""


class OutsideError(AfterwordError):
    """An outside system refused or failed.

    ``retry_after`` is in seconds: a number asks the outbox to try again no sooner than that, ``None`` leaves the
    pace to the outbox. ``permanent`` says that trying again cannot help (for example a rejected credential).
    """

    def __init__(self, message: str, *, retry_after: float | None = None, permanent: bool = False) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.permanent = permanent
