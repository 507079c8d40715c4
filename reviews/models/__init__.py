"""The tables of the reviews room."""

from reviews.models.review import Review, ReviewQuerySet
from reviews.models.signoff import Publication, SignedService, SignOff, SignOffQuerySet, Snapshot
from reviews.models.text import Citation, Factor, FactorEvidence, Passage, Question, Revision, Section

__all__ = [
    "Citation",
    "Factor",
    "FactorEvidence",
    "Passage",
    "Publication",
    "Question",
    "Review",
    "ReviewQuerySet",
    "Revision",
    "Section",
    "SignOff",
    "SignOffQuerySet",
    "SignedService",
    "Snapshot",
]
