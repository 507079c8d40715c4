"""Closed vocabularies of the reviews room."""

from django.db.models import TextChoices


class ReviewState(TextChoices):
    """Where a review stands; the moves between states are in ``workflow.py``."""

    DRAFTING = "drafting", "Draft"
    IN_REVIEW = "in_review", "In review"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    APPROVED = "approved", "Signed"
    PUBLISHED = "published", "Published"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: Nothing is written, decided or waited for in these.
CLOSED_STATES = (ReviewState.PUBLISHED, ReviewState.SUPERSEDED, ReviewState.WITHDRAWN)


class Stage(TextChoices):
    """What a deadline is set for."""

    DRAFT = "draft", "Draft"
    REVIEW = "review", "Review"
    PUBLICATION = "publication", "Publication"


class SectionKey(TextChoices):
    """The sections of a postmortem, in their order."""

    SUMMARY = "summary", "Summary"
    CUSTOMER_IMPACT = "customer_impact", "Customer impact"
    DETECTION = "detection", "Detection"
    CONTRIBUTING_FACTORS = "contributing_factors", "Contributing factors"
    MITIGATION = "mitigation", "Mitigation"
    WENT_WELL = "went_well", "What went well, and where luck helped"
    SECURITY = "security", "Security considerations"
    SURPRISES = "surprises", "What surprised us"
    UNRESOLVED_RISKS = "unresolved_risks", "Unresolved risks"
    LESSONS = "lessons", "Lessons"


class Provenance(TextChoices):
    """Where a passage's words come from (invariants 1 and 10)."""

    EVIDENCE = "evidence", "drafted from evidence"
    PERSON = "person", "written by a person"
    MODEL = "model", "suggested by a model"


class Confidence(TextChoices):
    """How sure a person is of a cause (invariant 4)."""

    CONFIRMED = "confirmed", "Confirmed"
    PROBABLE = "probable", "Probable"
    SUSPECTED = "suspected", "Suspected"
    UNKNOWN = "unknown", "Unknown"


CONFIDENCE_MEANING: dict[str, str] = {
    Confidence.CONFIRMED: "Reproduced, or shown beyond doubt by evidence",
    Confidence.PROBABLE: "The best explanation; the evidence against it is weak",
    Confidence.SUSPECTED: "One of several explanations",
    Confidence.UNKNOWN: "Not known, or there is no single root cause",
}


class SignOffRole(TextChoices):
    """Who signs: the first two always (invariant 5), the others where the policy asks for them."""

    INCIDENT_COMMANDER = "incident_commander", "Incident commander"
    SERVICE_OWNER = "service_owner", "Service owner"
    MANAGER = "manager", "Manager"
    SECURITY = "security", "Security"


class WaiverKind(TextChoices):
    """What a manager may make an exception from."""

    SIGNATURE = "signature", "Publish without a signature"
    POSTMORTEM = "postmortem", "Skip the postmortem"
    CHECK = "check", "Publish although a check fails"


class CheckCode(TextChoices):
    """What a check finds; a policy says which of them hold up submission, and a manager may waive one."""

    UNSUPPORTED = "unsupported", "A sentence that its entries do not bear"
    BLAME = "blame", "Words that judge people"
    UNPROVEN_FACTOR = "unproven_factor", "A confirmed factor without evidence"
    MILESTONE_ORDER = "milestone_order", "Milestones in the wrong order"
    IMPACT_UNMARKED = "impact_unmarked", "Start or end of the impact not marked"
    UNANSWERED = "unanswered", "A question without an answer"


#: An answer can always be given ("Unknown, because …"), so nobody needs an exception from it.
WAIVABLE_CHECKS = tuple(code for code in CheckCode if code != CheckCode.UNANSWERED)


class FactorNature(TextChoices):
    """Of what sort a contributing factor is; an individual's action is none of them."""

    TECHNICAL = "technical", "Technical"
    HUMAN = "human", "Human and organizational"
    EXTERNAL = "external", "External"


class ProposalKind(TextChoices):
    """What a proposal would do to a section."""

    ADD = "add", "Add"
    REPLACE = "replace", "Replace"
    REMOVE = "remove", "Remove"


class ProposalState(TextChoices):
    """What became of a proposal; ``GONE`` when newer evidence made it moot before anybody decided."""

    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    EDITED = "edited", "Accepted with changes"
    REJECTED = "rejected", "Rejected"
    GONE = "gone", "No longer proposed"


class RunState(TextChoices):
    """How far a question to a model is."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Answered"
    FAILED = "failed", "Failed"


class Bearing(TextChoices):
    """Which way an entry speaks about a contributing factor."""

    FOR = "for", "For"
    AGAINST = "against", "Against"
