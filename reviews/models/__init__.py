"""The tables of the reviews room."""

from reviews.models.finding import SearchDocument
from reviews.models.policy import ReviewPolicy, Waiver, WaiverQuerySet
from reviews.models.review import Review, ReviewQuerySet, StateChange
from reviews.models.signoff import Look, Publication, SignedService, SignOff, SignOffQuerySet, Snapshot
from reviews.models.talk import Comment, Presence, Thread, ThreadQuerySet, UnsavedText
from reviews.models.text import Citation, Factor, FactorEvidence, Passage, Question, Revision, Section

__all__ = [
    "Citation",
    "Comment",
    "Factor",
    "FactorEvidence",
    "Look",
    "Passage",
    "Presence",
    "Publication",
    "Question",
    "Review",
    "ReviewPolicy",
    "ReviewQuerySet",
    "Revision",
    "SearchDocument",
    "Section",
    "SignOff",
    "SignOffQuerySet",
    "SignedService",
    "Snapshot",
    "StateChange",
    "Thread",
    "ThreadQuerySet",
    "UnsavedText",
    "Waiver",
    "WaiverQuerySet",
]
