"""A review as the screen shows it: sentences with what they rest on, beside the evidence itself."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from django.db.models import Prefetch
from django.utils.safestring import SafeString

from incidents.chronology import elapsed
from incidents.enums import MilestoneKind, Trust
from incidents.models import Entry, Milestone
from incidents.selectors import SOURCE_NAMES
from reviews import content, passages
from reviews.conversations import Conversations, SectionTalk, Talk
from reviews.enums import Bearing, Provenance, SectionKey
from reviews.images import Picture, picture_of
from reviews.models import Citation, Factor, FactorEvidence, Passage, Proposal, Question, Review, Section
from reviews.proposed import Proposed, drawn
from reviews.rendering import inline
from reviews.risk_lines import RiskLine, lines_of
from reviews.selectors.asked import AskedAbout
from reviews.selectors.modeling import model_names
from reviews.selectors.redrafting import open_proposals


@dataclass(frozen=True)
class Sentence:
    """One sentence: ``cites`` and ``near`` are entry numbers for the margin; ``statement`` names who stands for it.

    ``position`` counts the sentences of its section from 0, and ``place`` is its address on the page. ``talks`` are the
    open threads about it; ``picture`` is shown in the place of its words, and ``suggested`` names the model that
    suggested them.
    """

    position: int
    place: str
    html: SafeString
    numbers: tuple[int, ...]
    near: str
    statement: str
    talks: tuple[Talk, ...] = ()
    picture: Picture | None = None
    suggested: str = ""

    @property
    def cites(self) -> str:
        return " ".join(str(number) for number in self.numbers)


@dataclass(frozen=True)
class Block:
    """A paragraph or a list item."""

    is_item: bool
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Group:
    """A paragraph by itself, or the items of one list together."""

    is_list: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Evidence:
    """One entry in the margin; ``hidden`` says why it was hidden in the chronology although a sentence cites it.

    ``talks`` are the open threads about it; ``picture`` is shown in the place of its words.
    """

    number: int
    clock: str
    elapsed: str
    text: str
    source: str
    trust: str
    digest: str
    hidden: str
    talks: tuple[Talk, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A factor, drawn; ``talks`` are the open threads about it."""

    factor: Factor
    html: SafeString
    supporting: tuple[int, ...]
    opposing: tuple[int, ...]
    talks: tuple[Talk, ...] = ()

    @property
    def place(self) -> str:
        """Its address on the page."""
        return f"factor-{self.factor.number}"


@dataclass(frozen=True)
class OpenQuestion:
    """A question that waits for its answer, with the numbers of the entries that it is about."""

    question: Question
    about: tuple[int, ...]


@dataclass
class SectionView:
    """One section with everything that stands in it."""

    section: Section
    blocks: list[Block] = field(default_factory=list)
    byline: str = ""
    asked: list[OpenQuestion] = field(default_factory=list)
    answers: list[Question] = field(default_factory=list)
    factors: list[Statement] = field(default_factory=list)
    risks: list[RiskLine] = field(default_factory=list)
    talk: SectionTalk = field(default_factory=SectionTalk)
    proposals: tuple[Proposed, ...] = ()

    @property
    def key(self) -> str:
        return str(self.section.key)

    @property
    def title(self) -> str:
        return str(self.section.get_key_display())

    @property
    def taken_together(self) -> int:
        """How many proposals can be taken at once: what a model suggested is decided one by one."""
        return sum(one.row.provenance != Provenance.MODEL for one in self.proposals)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read: no text, no record, and nothing asked or answered."""
        return not (self.blocks or self.factors or self.risks or self.asked or self.answers)

    @property
    def groups(self) -> list[Group]:
        """The blocks with the items of each list put together."""
        found: list[Group] = []
        for is_item, run in itertools.groupby(self.blocks, key=lambda block: block.is_item):
            if is_item:
                found.append(Group(True, tuple(run)))
            else:
                found += [Group(False, (block,)) for block in run]
        return found


class Workbench:
    """Everything that the page of a review reads, in a constant number of queries."""

    def __init__(self, review: Review) -> None:
        self.review = review

    @cached_property
    def entries(self) -> list[Entry]:
        """The published chronology in its order."""
        return list(content.published_entries(self.review))

    @cached_property
    def milestones(self) -> dict[str, datetime]:
        rows = Milestone.objects.filter(incident_id=self.review.incident_id).values_list("kind", "entry__at")
        return dict(rows)

    @cached_property
    def figures(self) -> list[tuple[str, str]]:
        """The large numbers of the impact: how long until what, in words."""
        start = self.milestones.get(MilestoneKind.IMPACT_STARTED)
        labels = (
            (MilestoneKind.RESOLVED, "of impact"),
            (MilestoneKind.DETECTED, "to detection"),
            (MilestoneKind.ACKNOWLEDGED, "to acknowledgement"),
            (MilestoneKind.MITIGATED, "to mitigation"),
        )
        if start is None:
            return []
        return [
            (elapsed(self.milestones[kind], start).lstrip("+"), label)
            for kind, label in labels
            if kind in self.milestones
        ]

    @cached_property
    def evidence(self) -> list[Evidence]:
        """The margin: every published entry, in order."""
        start, talks = self.milestones.get(MilestoneKind.IMPACT_STARTED), self.conversations.by_entry
        return [_evidence(entry, start, tuple(talks.get(entry.number, ()))) for entry in self.entries]

    @cached_property
    def conversations(self) -> Conversations:
        """What is said beside the text."""
        return Conversations(self.review)

    @cached_property
    def _proposals(self) -> dict[int, list[Proposal]]:
        return open_proposals(self.review)

    @cached_property
    def sections(self) -> list[SectionView]:
        citations = Prefetch("citations", Citation.objects.select_related("entry").order_by("position", "id"))
        rows = Passage.objects.select_related("author").prefetch_related(citations).order_by("position")
        sections = (
            Section.objects.filter(review=self.review)
            .select_related("updated_by")
            .prefetch_related(Prefetch("passages", rows))
            .order_by("position")
        )
        questions: dict[str, list[Question]] = defaultdict(list)
        for question in (
            Question.objects.filter(review=self.review)
            .select_related("answered_by", "assigned_to")
            .order_by("id")
        ):
            questions[question.section].append(question)
        return [self._section(section, questions[section.key]) for section in sections]

    def section(self, key: str) -> SectionView:
        """One section; raises ``StopIteration`` for a key that the review does not have."""
        return next(view for view in self.sections if view.key == key)

    @cached_property
    def factors(self) -> list[Statement]:
        evidence = Prefetch("evidence", FactorEvidence.objects.select_related("entry"))
        rows = Factor.objects.filter(review=self.review).select_related("author").prefetch_related(evidence)
        return [_factor(factor) for factor in rows.order_by("number")]

    @cached_property
    def risks(self) -> list[RiskLine]:
        """Every risk, those that are closed last."""
        return lines_of(self.review)

    @property
    def risks_apart(self) -> list[RiskLine]:
        """The risks of a review that has no section for them."""
        has_section = any(view.key == SectionKey.UNRESOLVED_RISKS for view in self.sections)
        return [] if has_section else self.risks

    @cached_property
    def open_questions(self) -> int:
        return sum(len(view.asked) for view in self.sections)

    @cached_property
    def extent(self) -> str:
        """How much there is to sign: ``34 sentences, 6 factors, 12 entries``."""
        sentences = sum(len(block.sentences) for view in self.sections for block in view.blocks)
        counted = ((sentences, "sentence"), (len(self.factors), "factor"), (len(self.entries), "entry"))
        return ", ".join(f"{count} {_plural(word, count)}" for count, word in counted)

    @cached_property
    def _about(self) -> AskedAbout:
        return AskedAbout(self.review)

    def _section(self, section: Section, questions: Sequence[Question]) -> SectionView:
        rows = list(section.passages.all())
        factors = self.factors if section.key == SectionKey.CONTRIBUTING_FACTORS else []
        places = {_place(section, row): row.text for row in rows} | {
            one.place: one.factor.statement for one in factors
        }
        talk = self.conversations.of_section(section.pk, places)
        return SectionView(
            section=section,
            blocks=list(self._blocks(section, rows, talk)),
            byline=_byline(section, rows),
            asked=[OpenQuestion(one, self._about.numbers(one)) for one in questions if not one.answer],
            answers=[one for one in questions if one.answer],
            risks=self.risks if section.key == SectionKey.UNRESOLVED_RISKS else [],
            factors=[replace(one, talks=talk.at(one.place)) for one in factors],
            talk=talk,
            proposals=drawn(self._proposals.get(section.pk, ()), _drafted(rows)),
        )

    def _blocks(self, section: Section, rows: Sequence[Passage], talk: SectionTalk) -> list[Block]:
        """The text's blocks; the stored passages stand in the same order as its sentences."""
        left = iter(rows)
        found = []
        for block in passages.parse(section.body):
            sentences = [
                self._sentence(section, row, talk)
                for _sentence, row in zip(block.sentences, left, strict=False)
            ]
            found.append(Block(block.is_item, tuple(sentences)))
        return found

    def _sentence(self, section: Section, row: Passage, talk: SectionTalk) -> Sentence:
        place = _place(section, row)
        entries = [citation.entry for citation in row.citations.all()]
        author = row.author.name if row.author else ""
        return Sentence(
            position=row.position,
            place=place,
            html=inline(row.text),
            numbers=tuple(entry.number for entry in entries),
            near=self._near(entries),
            statement="" if entries or not author else f"Statement of {author}, no evidence attached.",
            talks=talk.at(place),
            picture=picture_of(row.text),
            suggested=self._model_of(section, row),
        )

    def _model_of(self, section: Section, row: Passage) -> str:
        """The model that suggested a sentence; looked up only where one did."""
        if row.provenance != Provenance.MODEL:
            return ""
        return self._models.get((section.pk, row.text), "") or "a model"

    @cached_property
    def _models(self) -> dict[tuple[int, str], str]:
        return model_names(self.review)

    def _near(self, cited: Sequence[Entry]) -> str:
        """The published entry nearest in time to what a sentence cites, and not cited by it."""
        if not cited:
            return ""
        numbers, at = {entry.number for entry in cited}, cited[-1].at
        place = bisect_left(self._instants, at)
        before = (self.entries[left] for left in range(place - 1, -1, -1))
        after = (self.entries[right] for right in range(place, len(self.entries)))
        others = (next((one for one in way if one.number not in numbers), None) for way in (before, after))
        best = min((one for one in others if one), key=lambda one: abs(one.at - at), default=None)
        return str(best.number) if best else ""

    @cached_property
    def _instants(self) -> list[datetime]:
        return [entry.at for entry in self.entries]


def _plural(word: str, count: int) -> str:
    if count == 1:
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def _factor(factor: Factor) -> Statement:
    def numbers(bearing: Bearing) -> tuple[int, ...]:
        return tuple(row.entry.number for row in factor.evidence.all() if row.bearing == bearing)

    return Statement(factor, inline(factor.statement), numbers(Bearing.FOR), numbers(Bearing.AGAINST))


def _place(section: Section, row: Passage) -> str:
    return f"passage-{section.key}-{row.position}"


def _drafted(rows: Sequence[Passage]) -> set[passages.Sentence]:
    """The sentences that no person wrote."""
    return {
        passages.Sentence(row.text, tuple(citation.entry.number for citation in row.citations.all()))
        for row in rows
        if row.provenance != Provenance.PERSON
    }


def _byline(section: Section, rows: Sequence[Passage]) -> str:
    drafted = any(row.provenance == Provenance.EVIDENCE for row in rows)
    cited = len({citation.entry_id for row in rows for citation in row.citations.all()})
    parts: list[str] = []
    if drafted and cited:
        parts.append(f"drafted from {cited} {'entry' if cited == 1 else 'entries'}")
    if section.updated_by:
        parts.append(f"edited by {section.updated_by.name}")
    return ", ".join(parts)


def _evidence(entry: Entry, start: datetime | None, talks: tuple[Talk, ...]) -> Evidence:
    at = entry.at.astimezone(UTC)
    file = entry.evidence
    source = (
        f"{SOURCE_NAMES.get(file.kind, file.kind)} {file.filename}"
        if file
        else f"Statement of {entry.author}"
    )
    return Evidence(
        number=entry.number,
        clock=f"{at.day} {at:%b %H:%M:%S}" if at.second else f"{at.day} {at:%b %H:%M}",
        elapsed=elapsed(entry.at, start) if start else "",
        text=entry.text,
        source=source,
        trust=Trust(entry.trust).value,
        digest=file.sha256 if file else "",
        hidden=entry.hidden_reason if entry.hidden else "",
        talks=talks,
    )
