"""The incidents room's refusals; each sentence says what to do next."""

from governance.errors import AfterwordError


class EvidenceRefused(AfterwordError):
    """A file that cannot be taken in as it is; nothing of it is stored."""


class TimeNotCertain(EvidenceRefused):
    """A time that could mean more than one instant; a person must say which (invariant 2)."""


class TimeUnreadable(AfterwordError):
    """Text that is no time at all; the line that carries it is skipped and listed."""


class CurationRefused(AfterwordError):
    """A change of the chronology or of an incident that cannot be made as asked."""


class IntakeRefused(AfterwordError):
    """Something that cannot be done with an arrival, an address or a rule as it is."""
