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


class Tier(TextChoices):
    """How much a recommended step can do by itself to what runs."""

    SAFE = "safe", "Safe to do"
    REVIEW = "review", "Needs review"


class Rule(TextChoices):
    """By which rule something is recommended; the first part of a recommendation's key."""

    GUARD = "guard", "A release check for a change that contributed"
    END = "end", "The condition that contributed is ended"
    SETTLE = "settle", "A probable factor is confirmed or ruled out"
    WATCH = "watch", "An alert for the sort of failure that contributed"
    CONTAIN = "contain", "The failure of a factor stays contained"
    ROLLBACK = "rollback", "The way back from a change is rehearsed"
    MONITOR = "monitor", "A monitor where none noticed"
    SOONER = "sooner", "An alert that fires sooner"
    UNHEEDED = "unheeded", "An alert that nobody took up"
    PAGING = "paging", "Somebody else is paged when nobody answers"
    SILENCE = "silence", "Notes while an incident lasts"
    RISK = "risk", "An unresolved risk is ended"
    PROMISE = "promise", "A promise of a similar incident is settled"


class Verdict(TextChoices):
    """What a person says of a recommendation."""

    USEFUL = "useful", "Useful"
    WRONG = "wrong", "Not useful or wrong"
