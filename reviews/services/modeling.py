"""Asking a language model about a section: allowed by an administrator, asked for by a person, done by the outbox.

Nothing is sent inside a transaction, and consent is asked again right before each request. A question is sent once:
when the worker that sent it dies, the question has failed and a person may ask anew, so that there are never two
answers. What comes back is kept only as proposals (invariant 10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from governance import access, audit, outbox
from governance.access import Permission
from governance.connections import find, open_client
from governance.connections.completions import Completion, complete
from governance.enums import ConnectionKind
from governance.errors import AfterwordError, OutsideError
from governance.models import Connection, Delivery, Organization, User
from incidents.models import Incident
from incidents.selectors import privacy
from reviews.enums import ProposalKind, Provenance, RunState, SectionKey
from reviews.modeling import (
    PROMPT_VERSION,
    Kept,
    Line,
    Nonsense,
    Question,
    messages,
    sha256_of,
    suggestions,
    validated,
)
from reviews.models import ModelConsent, ModelRun, ModelSettings, Section
from reviews.passages import Block, compose, parse
from reviews.placing import flat, written
from reviews.redrafting import Change
from reviews.selectors.modeling import consent_to, lines_for, milestones_of, refusal, settings_of
from reviews.services.changing import require_open
from reviews.services.editing import held
from reviews.services.proposals import propose

ASK = "reviews.model"
STANDS = "The draft stands as it is."
LOST = f"The worker that asked the model stopped before the answer came. {STANDS} Ask again if you like."
NONSENSE = f"The model did not answer in the form that was asked for. {STANDS}"
NOTHING = "The chronology shows nothing that the model could be asked about. Import evidence first."
_REFUSED = re.compile(r"(refused with status \d+): .*", re.DOTALL)
_TOKENS_OF_A_PRICE = 1_000_000


@dataclass(frozen=True)
class _Asked:
    """A question as it was sent: the lines it showed, and its messages."""

    lines: list[Line]
    messages: list[dict[str, str]]


@transaction.atomic
def set_model(
    *,
    actor: User,
    organization: Organization,
    is_enabled: bool,
    sections: list[str],
    price_in: Decimal | None,
    price_out: Decimal | None,
    currency: str,
    version: int,
) -> ModelSettings:
    """Say whether and for which sections the model may be asked, and what a million tokens cost.

    Raises ``AfterwordError`` when somebody else changed the settings meanwhile.
    """
    access.require(actor, Permission.MANAGE_CONNECTIONS, organization)
    Organization.objects.select_for_update().get(pk=organization.pk)
    row = settings_of(organization)
    if row.version != version:
        raise AfterwordError("Somebody changed these settings while you did. Read them once more, then save.")
    row.is_enabled, row.sections = is_enabled, [key for key in SectionKey.values if key in sections]
    row.price_in, row.price_out, row.currency = price_in, price_out, currency
    row.version, row.updated_by = version + 1, actor
    row.save()
    audit.record(
        organization=organization,
        actor=actor,
        action="model.set",
        subject="settings:model",
        enabled=is_enabled,
        sections=row.sections,
    )
    return row


@transaction.atomic
def give_consent(*, actor: User, incident: Incident, reason: str) -> ModelConsent:
    """Allow that the chronology of a private incident is sent to the model, for a reason that is kept."""
    current = _confidential(actor, incident)
    reason = reason.strip()
    if not reason:
        raise AfterwordError(
            "Say why the chronology may be sent to the model; the audit trail keeps the reason."
        )
    if not current.is_private:
        raise AfterwordError(
            "The incident is not private, so the model may be asked without further consent."
        )
    if consent_to(current) is not None:
        raise AfterwordError("Somebody agreed already. Reload the page to see who, and why.")
    consent = ModelConsent(
        organization_id=current.organization_id, incident=current, reason=reason, given_by=actor
    )
    consent.save(force_insert=True)
    _record(actor, current, "model.consent_given", reason=reason[:300])
    return consent


@transaction.atomic
def revoke_consent(*, actor: User, incident: Incident) -> None:
    """Take the consent back: nothing more is sent from now on, not even what waits to be sent."""
    current = _confidential(actor, incident)
    consent = consent_to(current)
    if consent is None:
        raise AfterwordError("There is no consent to take back. Reload the page.")
    consent.revoked_by, consent.revoked_at = actor, timezone.now()
    consent.save(update_fields=["revoked_by", "revoked_at"])
    _record(actor, current, "model.consent_revoked")


@transaction.atomic
def ask_model(*, actor: User, section: Section) -> ModelRun:
    """Ask the model about a section; while a question waits, that one is given back.

    Raises ``AfterwordError`` with what is in the way, ``NotConnected`` and ``PublishedText``.
    """
    access.require(actor, Permission.EDIT_REVIEW, section)
    review, current = held(section)
    waiting: ModelRun | None = ModelRun.objects.filter(section=current, state=RunState.WAITING).first()
    if waiting is not None:
        return waiting
    _require_allowed(current, review.incident)
    connection = find(current.organization_id, ConnectionKind.MODEL)
    run = ModelRun(
        organization_id=current.organization_id,
        section=current,
        requested_by=actor,
        model=connection.options.get("model", ""),
        host=_host(connection),
        prompt_version=PROMPT_VERSION,
    )
    run.save(force_insert=True)
    _enqueue(run, review.incident)
    _record(actor, review.incident, "model.asked", section=current.key, model=run.model, host=run.host)
    return run


def answer(delivery: Delivery) -> outbox.Outcome:
    """Send a question and keep what its answer is worth; whatever goes wrong is a sentence on the page."""
    run: ModelRun = ModelRun.objects.select_related("section__review__incident", "requested_by").get(
        pk=delivery.payload["run"]
    )
    if run.state == RunState.WAITING:
        _work(delivery, run)
    return outbox.Outcome(external_id=str(run.pk))


def install() -> None:
    """Name the handler of questions to the model."""
    outbox.register(ASK, answer)


def _work(delivery: Delivery, run: ModelRun) -> None:
    if delivery.attempts > 1:
        _fail(run, LOST)
        return
    try:
        asked = _question(run)
        completion = _sent(delivery, run, asked)
        _note_use(run, completion)
        _keep(run, _judged(run, completion.text, asked.lines))
    except Nonsense:
        _fail(run, NONSENSE)
    except OutsideError as error:
        _fail(run, f"{_in_our_words(error)} {STANDS}")
    except AfterwordError as error:
        _fail(run, str(error))


def _in_our_words(error: OutsideError) -> str:
    """What went wrong, without what the other side wrote about it: its words are no better than the model's."""
    sentence = str(error).removesuffix(" It is tried again.")
    return _REFUSED.sub(r"\1. An administrator can test the connection in the settings.", sentence)


def _question(run: ModelRun) -> _Asked:
    """What is sent now; kept with the run before it leaves."""
    incident = run.section.review.incident
    _require_allowed(run.section, incident)
    lines = lines_for(incident)
    if not lines:
        raise AfterwordError(NOTHING)
    section = SectionKey(run.section.key)
    asked = messages(Question(section, lines, milestones_of(incident)))
    ModelRun.objects.filter(pk=run.pk).update(prompt_sha256=sha256_of(asked), prompt_version=PROMPT_VERSION)
    return _Asked(lines, asked)


def _sent(delivery: Delivery, run: ModelRun, asked: _Asked) -> Completion:
    """The model's answer; consent and the right to ask are looked up again before each request."""
    connection = find(run.organization_id, ConnectionKind.MODEL)
    model = connection.options.get("model", "")
    ModelRun.objects.filter(pk=run.pk).update(model=model, host=_host(connection))

    def before_each() -> None:
        _require_still_allowed(run)
        outbox.extend(delivery)

    with open_client(connection, before_each=before_each) as client:
        return complete(client, model, asked.messages)


def _require_still_allowed(run: ModelRun) -> None:
    section = Section.objects.select_related("review__incident").get(pk=run.section_id)
    require_open(section.review)
    access.require(run.requested_by, Permission.EDIT_REVIEW, section)
    if not privacy.may_see(run.requested_by, section.review.incident):
        raise AfterwordError("Who asked may no longer see this incident, so nothing was sent.")
    _require_allowed(section, section.review.incident)


def _require_allowed(section: Section, incident: Incident) -> None:
    if sentence := refusal(section, incident):
        raise AfterwordError(sentence)


def _judged(run: ModelRun, text: str, lines: list[Line]) -> Kept:
    body = Section.objects.values_list("body", flat=True).get(pk=run.section_id)
    return validated(suggestions(text), lines, [sentence.text for sentence in flat(body)])


@transaction.atomic
def _note_use(run: ModelRun, completion: Completion) -> None:
    """What the answer cost, whatever it is worth."""
    settings = settings_of(run.organization_id)
    cost = _cost(settings, completion)
    ModelRun.objects.filter(pk=run.pk).update(
        tokens_in=completion.tokens_in,
        tokens_out=completion.tokens_out,
        cost=cost,
        currency=settings.currency if cost is not None else "",
    )


def _cost(settings: ModelSettings, completion: Completion) -> Decimal | None:
    """In the currency of the settings; nothing where a price or a count is not known."""
    counts, prices = (completion.tokens_in, completion.tokens_out), (settings.price_in, settings.price_out)
    parts = [
        count * price
        for count, price in zip(counts, prices, strict=True)
        if count is not None and price is not None
    ]
    return sum(parts, Decimal()) / _TOKENS_OF_A_PRICE if len(parts) == len(counts) else None


@transaction.atomic
def _keep(run: ModelRun, kept: Kept) -> None:
    """Make proposals of what holds, unless the question was given up meanwhile."""
    review, section = held(run.section)
    current = _waiting(run)
    if current is None:
        return
    propose(
        actor=run.requested_by,
        section=section,
        changes=_changes(section, kept, current.prompt_version),
        provenance=Provenance.MODEL,
        run=current,
    )
    current.state, current.finished_at, current.discarded = RunState.DONE, timezone.now(), kept.discarded
    current.save(update_fields=["state", "finished_at", "discarded"])
    _record(
        None,
        review.incident,
        "model.answered",
        section=section.key,
        kept=len(kept.sentences),
        discarded=sum(kept.discarded.values()),
    )


def _changes(section: Section, kept: Kept, version: str) -> list[Change]:
    """Each sentence behind what the section says, in the shape of its last block."""
    blocks = parse(section.body)
    before = written(blocks[-1].sentences[-1]) if blocks else ""
    is_item = bool(blocks) and blocks[-1].is_item
    because = f"Asked with prompt {version}, and held against the entries that it cites."
    return [
        Change(ProposalKind.ADD, before, compose([Block((sentence,), is_item)]), position, because)
        for position, sentence in enumerate(kept.sentences)
    ]


@transaction.atomic
def _fail(run: ModelRun, sentence: str) -> None:
    current = _waiting(run)
    if current is None:
        return
    current.state, current.finished_at, current.failure = RunState.FAILED, timezone.now(), sentence
    current.save(update_fields=["state", "finished_at", "failure"])
    _record(None, run.section.review.incident, "model.failed", section=run.section.key)


def _waiting(run: ModelRun) -> ModelRun | None:
    """The question, held, while nobody has answered it or given it up."""
    rows = ModelRun.objects.select_for_update().filter(pk=run.pk, state=RunState.WAITING)
    found: ModelRun | None = rows.first()
    return found


def _enqueue(run: ModelRun, incident: Incident) -> None:
    """The key begins like those of fetches, so that a private incident's deliveries are not seen in the audit trail."""
    outbox.enqueue(
        organization=run.organization_id,
        group=f"model runs of section {run.section_id}",
        stage=1,
        kind=ASK,
        key=f"model {incident.pk} run {run.pk}",
        payload={"run": run.pk},
    )


def _host(connection: Connection) -> str:
    return (urlsplit(connection.base_url).netloc)[:300]


def _confidential(actor: User, incident: Incident) -> Incident:
    """The incident as it is now, held, for somebody who sees it and says who else does."""
    access.require(actor, Permission.MANAGE_PRIVACY, incident)
    current: Incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if not privacy.may_see(actor, current):
        raise AfterwordError("Only somebody who may see a private incident can decide what leaves it.")
    return current


def _record(actor: User | None, incident: Incident, action: str, **data: object) -> None:
    audit.record(
        organization=incident.organization_id,
        actor=actor,
        action=action,
        subject=f"review:{incident.reference}",
        **data,
    )
