"""The tables of the reviews room."""

from reviews.models.checking import Confirmation
from reviews.models.finding import SearchDocument
from reviews.models.narrative import CustomerText, ReviewTemplate, Risk
from reviews.models.policy import ReviewPolicy, Waiver, WaiverQuerySet
from reviews.models.review import Review, ReviewQuerySet, StateChange
from reviews.models.signoff import Look, Publication, SignedService, SignOff, SignOffQuerySet, Snapshot
from reviews.models.suggesting import ModelConsent, ModelRun, ModelSettings, Proposal
from reviews.models.talk import Comment, Presence, Thread, ThreadQuerySet, UnsavedText
from reviews.models.text import Citation, Factor, FactorEvidence, Passage, Question, Revision, Section

__all__ = [
    "Citation",
    "Comment",
    "Confirmation",
    "CustomerText",
    "Factor",
    "FactorEvidence",
    "Look",
    "ModelConsent",
    "ModelRun",
    "ModelSettings",
    "Passage",
    "Presence",
    "Proposal",
    "Publication",
    "Question",
    "Review",
    "ReviewPolicy",
    "ReviewQuerySet",
    "ReviewTemplate",
    "Revision",
    "Risk",
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
