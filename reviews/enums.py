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
    """What a check finds; a policy says which of them hold up submission, and a manager may waive one.

    The first five stand beside the forty of the checklist, which follow in its order (``checks.catalog``).
    """

    UNSUPPORTED = "unsupported", "A sentence that its entries do not bear"
    CONTRADICTION = "contradiction", "A text that contradicts itself or its chronology"
    UNPROVEN_FACTOR = "unproven_factor", "A confirmed factor without evidence"
    UNANSWERED = "unanswered", "A question without an answer"
    UNWRITTEN = "unwritten", "A required section without a word"

    STARTS_LATE = "starts_late", "A chronology that starts after the first symptom"
    ENTRY_TIMES = "entry_times", "An entry without a time, zone, source or place"
    ENTRY_ORIGINS = "entry_origins", "An entry that does not say where it comes from"
    UNEXPLAINED_GAP = "unexplained_gap", "A chronology with silences or missing turns"
    MILESTONE_ORDER = "milestone_order", "Milestones in the wrong order"
    OPINIONS = "opinions", "Facts not confirmed to be free of opinion"
    NO_EXPORTS = "no_exports", "Key data not kept"

    IMPACT_UNMARKED = "impact_unmarked", "Start or end of the impact not marked"
    UNQUANTIFIED = "unquantified", "An impact without a number"
    SEVERITY_WORDS = "severity_words", "Words of severity not confirmed"
    SERVICE_UNTOLD = "service_untold", "An affected service whose impact is not told"

    DETECTION_UNTOLD = "detection_untold", "Detection not told"
    HALVING = "halving", "No confirmed answer to how detection would be halved"
    NO_MONITOR = "no_monitor", "No action item for the monitor that was missing"

    FEW_FACTORS = "few_factors", "Contributing factors not confirmed to be several"
    HUMAN_CAUSE = "human_cause", "Causes not confirmed to go past what people did"
    MADE_SENSE = "made_sense", "Why it made sense at the time, not confirmed"
    FACTOR_GROUNDS = "factor_grounds", "A factor without evidence, or without what would confirm it"
    SIMILAR = "similar", "Similar incidents not confirmed to be looked up"
    SURPRISES = "surprises", "What surprised people, not confirmed"
    WENT_WELL = "went_well", "What went well, not confirmed"
    PROCESS = "process", "The process of the response, not confirmed"
    FIX_MIXED_IN = "fix_mixed_in", "What to do about it, told among what happened"

    BLAME = "blame", "Words that judge people"
    ACRONYMS = "acronyms", "An acronym that is not explained"
    OUTSIDERS = "outsiders", "Not confirmed that a reader outside the team can follow"

    VAGUE_ACTION = "vague_action", "An action item that does not say what is done, or when it is finished"
    ACTION_DUTIES = "action_duties", "An action item without owner or priority, or due too late"
    UNVERIFIABLE = "unverifiable", "An action item that cannot be verified"
    COVERAGE = "coverage", "Action items not confirmed to cover all four kinds"
    TOO_MANY = "too_many", "More action items than will be done"
    UNMAPPED = "unmapped", "An action item without a factor, or a confirmed factor without an action item"
    PRIORITIES = "priorities", "Agreement of those who set priorities, not confirmed"

    REVIEWED_ALONE = "reviewed_alone", "Reviewed by its author only"
    LATE = "late", "A late review, or open comments"
    ACCOUNTS = "accounts", "Accounts of those who were there, not confirmed"
    UNSIGNED = "unsigned", "A signature that is missing"
    OUTSIDE_MESSAGE = "outside_message", "A message to customers that is not approved or not fit for them"
    UNPUBLISHED = "unpublished", "Not published everywhere, or not tagged"
    UNWATCHED_RISK = "unwatched_risk", "A risk that nobody watches"


#: Nobody needs an exception from these: an answer can always be given ("Unknown, because …"), as can the words of a
#: section; signatures have exceptions of their own, and what is published is no longer held up.
ALWAYS_ASKED = (CheckCode.UNANSWERED, CheckCode.UNWRITTEN, CheckCode.UNSIGNED, CheckCode.UNPUBLISHED)
WAIVABLE_CHECKS = tuple(code for code in CheckCode if code not in ALWAYS_ASKED)


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
