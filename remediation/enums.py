"""Closed vocabularies of the remediation room."""

from django.db.models import TextChoices


class ActionKind(TextChoices):
    """What an action item is for."""

    PREVENT = "prevent", "Prevent"
    DETECT = "detect", "Detect sooner"
    LESSEN = "lessen", "Lessen impact"
    RESPOND = "respond", "Respond better"


class ActionStatus(TextChoices):
    """Where an action item stands; a closed ticket outside never moves it (invariant 11)."""

    OPEN = "open", "Open"
    DONE = "done", "Done, to be verified"
    VERIFIED = "verified", "Verified"
    DROPPED = "dropped", "Decided not to do"
