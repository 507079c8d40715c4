"""The published text in Confluence's storage format: well-formed XHTML, everything from outside escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any

from incidents.enums import Precision, Trust
from reviews.enums import Confidence
from reviews.publishers.origins import suggested_by
from reviews.publishers.published import Published
from reviews.publishers.signed_pictures import Figure, figure_of
from reviews.rendering import inline

Passage = dict[str, Any]

_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(value: str) -> str:
    """A text as XHTML: escaped, without the characters that XML cannot carry."""
    return escape(_NOT_XML.sub("\ufffd", value))


def _emphasized(value: str) -> str:
    """A sentence with its few marks of emphasis; XML knows no name for the space that does not break."""
    return inline(_NOT_XML.sub("\ufffd", value)).replace("&nbsp;", "\u00a0")


def page_body(published: Published) -> str:
    """The whole page; citations lead to the evidence table at its end, whose rows lead back to the chronology."""
    return "".join(
        (
            _head(published),
            *(_section(published, section) for section in published.content["sections"]),
            _risks_apart(published),
            _questions(published),
            _action_items(published),
            _signatures(published),
            _waivers(published),
            _evidence(published),
        )
    )


def _head(published: Published) -> str:
    incident = published.content["incident"]
    milestones = ((one["label"], _time(one["at"])) for one in published.content["milestones"])
    rows = [
        ("Severity", f"SEV{incident['severity']}"),
        ("Services", ", ".join(incident["services"])),
        *milestones,
        ("SHA-256 of the signed text", published.sha256),
    ]
    cells = "".join(f"<tr><th>{text_of(name)}</th><td>{text_of(value)}</td></tr>" for name, value in rows)
    link = f'<p><a href="{text_of(published.address)}">Read it in Afterword</a></p>'
    because = published.revised_because
    edition = (
        f"<p><strong>Edition {published.publication.number}.</strong> {text_of(because)}</p>"
        if because
        else ""
    )
    return f"<table><tbody>{cells}</tbody></table>{edition}{link}"


def _section(published: Published, section: dict[str, Any]) -> str:
    tables = {"contributing_factors": _factors, "unresolved_risks": _risks}
    table = tables[section["key"]](published) if section["key"] in tables else ""
    if not section["passages"] and not table:
        return ""
    return f"<h2>{text_of(section['title'])}</h2>{_paragraphs(published, section['passages'])}{table}"


def _risks_apart(published: Published) -> str:
    """The risks of a text without a section for them."""
    told = any(section["key"] == "unresolved_risks" for section in published.content["sections"])
    table = "" if told else _risks(published)
    return f"<h2>Unresolved risks</h2>{table}" if table else ""


def _risks(published: Published) -> str:
    rows = "".join(
        f"<tr><td>R{risk['number']}</td><td>{_risk(risk)}</td>"
        f"<td>{text_of(risk['owner']['name'] if risk['owner'] else 'Nobody')}</td>"
        f"<td>{text_of(risk['review_on'] or 'No day is named')}</td></tr>"
        for risk in published.risks
    )
    head = "".join(f"<th>{name}</th>" for name in ("", "Risk", "Watched by", "Looked at on"))
    return f"<table><tbody><tr>{head}</tr>{rows}</tbody></table>" if rows else ""


def _risk(risk: dict[str, Any]) -> str:
    """What a risk says and rests on, and why it is borne."""
    accepted = f"Accepted because: {text_of(risk['accepted_because'])}" if risk["accepted_because"] else ""
    said = f"{_emphasized(risk['statement'])}{_marks(risk)}"
    return "<br />".join(line for line in (said, accepted) if line)


def _paragraphs(published: Published, passages: Iterable[Passage]) -> str:
    """Sentences by paragraph; a picture stands by itself, because Confluence shows it as a block."""
    parts: list[str] = []
    for _number, together in groupby(passages, key=lambda passage: passage["paragraph"]):
        sentences: list[str] = []
        for passage in together:
            if figure := figure_of(passage, published.pictures):
                parts += [_paragraph(sentences), _figure(figure, passage)]
                sentences = []
            else:
                sentences.append(_sentence(passage))
        parts.append(_paragraph(sentences))
    return "".join(parts)


def _paragraph(sentences: list[str]) -> str:
    return f"<p>{' '.join(sentences)}</p>" if sentences else ""


def _sentence(passage: Passage) -> str:
    return f"{_emphasized(passage['text'])}{_marks(passage)}"


def _marks(passage: dict[str, Any]) -> str:
    """What a passage or a risk rests on: entries, or the word of its author; and the model that suggested it."""
    author = passage["author"]
    if by := suggested_by(passage):
        return f" <em>({text_of(by)})</em>{_citations(passage['citations'])}"
    if not passage["citations"] and author:
        return f" <em>(statement of {text_of(author['name'])})</em>"
    return _citations(passage["citations"])


def _figure(figure: Figure, passage: Passage) -> str:
    """The attachment of the page with its words; what it rests on stands below, because a caption takes no links."""
    marks = _marks(passage)
    below = f"<p>{marks.strip()}</p>" if marks else ""
    if figure.lost or figure.picture is None:
        return f"<p>{text_of(figure.lost)} {text_of(figure.caption)}</p>{below}"
    caption = f"<ac:caption><p>{text_of(figure.caption)}</p></ac:caption>" if figure.caption else ""
    attachment = f'<ri:attachment ri:filename="{text_of(figure.picture.filename)}" />'
    return f'<ac:image ac:alt="{text_of(figure.alt)}">{attachment}{caption}</ac:image>{below}'


def _citations(numbers: Iterable[int]) -> str:
    links = ", ".join(_anchor_link(f"E{number}") for number in numbers)
    return f" <sup>{links}</sup>" if links else ""


def _anchor_link(name: str) -> str:
    body = f"<ac:plain-text-link-body><![CDATA[{name}]]></ac:plain-text-link-body>"
    return f'<ac:link ac:anchor="{name}">{body}</ac:link>'


def _factors(published: Published) -> str:
    rows = "".join(
        f"<tr><td>{text_of(Confidence(factor['confidence']).label)}</td><td>{_factor(factor)}</td></tr>"
        for factor in published.factors
    )
    return f"<table><tbody><tr><th>Confidence</th><th>Factor</th></tr>{rows}</tbody></table>" if rows else ""


def _factor(factor: dict[str, Any]) -> str:
    """What a factor says, what speaks for and against it, and what would settle it."""
    trigger = "<strong>Trigger.</strong> " if factor["is_trigger"] else ""
    sort = f"<em>{text_of(factor['sort'])}.</em> " if factor["sort"] else ""
    author = factor["author"] if not factor["evidence_for"] else None
    lines = (
        f"{trigger}{sort}{_emphasized(factor['statement'])}{_citations(factor['evidence_for'])}",
        text_of(factor["reasoning"]),
        *(f"Why? {text_of(answer)}" for answer in factor.get("whys", ())),
        f"Against:{_citations(factor['evidence_against'])}" if factor["evidence_against"] else "",
        f"Would confirm: {text_of(factor['would_confirm'])}" if factor["would_confirm"] else "",
        f"<em>(statement of {text_of(author['name'])})</em>" if author else "",
    )
    return "<br />".join(line for line in lines if line)


def _questions(published: Published) -> str:
    asked = published.content["questions"]
    items = "".join(f"<p><strong>{text_of(one['text'])}</strong><br />{_answer(one)}</p>" for one in asked)
    return f"<h2>Questions and answers</h2>{items}" if items else ""


def _answer(question: dict[str, Any]) -> str:
    if not question["answer"]:
        return "Left open."
    return f"{text_of(question['answer'])} <em>({text_of(question['answered_by']['name'])})</em>"


def _looked_at(item: dict[str, Any]) -> str:
    """On which day somebody checks that it works, where that is set."""
    return f" (looked at on {text_of(item['verify_on'])})" if item.get("verify_on") else ""


def _action_items(published: Published) -> str:
    rows = "".join(
        f"<tr><td>A{item['number']}</td><td>{text_of(item['title'])}</td><td>{text_of(item['owner']['name'])}</td>"
        f"<td>SEV{item['severity']}</td><td>{text_of(item['due_on'])}</td>"
        f"<td>{text_of(item['verification_criterion'])}{_looked_at(item)}</td>"
        f"<td>{', '.join(f'A{number}' for number in item['depends_on'])}</td></tr>"
        for item in published.action_items
    )
    if not rows:
        return ""
    names = ("", "What", "Owner", "Severity", "Due", "Verified by", "Needs first")
    head = "".join(f"<th>{name}</th>" for name in names)
    return f"<h2>Action items</h2><table><tbody><tr>{head}</tr>{rows}</tbody></table>"


def _signatures(published: Published) -> str:
    rows = "".join(
        f"<tr><td>{text_of(one.name)}</td><td>{text_of(one.title)}</td><td>{text_of(one.judgment)}</td>"
        f"<td>{text_of(one.reason)}</td><td>{_time(one.signed_at.isoformat())}</td></tr>"
        for one in published.signatures
    )
    head = "".join(f"<th>{name}</th>" for name in ("Who", "As", "Root cause", "Why", "When"))
    return f"<h2>Signatures</h2><table><tbody><tr>{head}</tr>{rows}</tbody></table>"


def _waivers(published: Published) -> str:
    """What is missing with a manager's consent; nothing where nothing is."""
    rows = "".join(
        f"<tr><td>{text_of(one.title)}</td><td>{text_of(one.reason)}</td><td>{text_of(one.granted_by)}</td>"
        f"<td>{text_of(one.ends_on)}</td></tr>"
        for one in published.waivers
    )
    if not rows:
        return ""
    head = "".join(f"<th>{name}</th>" for name in ("What is missing", "Why", "Granted by", "Until"))
    return f"<h2>Exceptions</h2><table><tbody><tr>{head}</tr>{rows}</tbody></table>"


def _evidence(published: Published) -> str:
    rows = "".join(_evidence_row(published, entry) for entry in published.content["chronology"])
    head = "".join(
        f"<th>{name}</th>" for name in ("Entry", "Time (UTC)", "What", "Source", "How it is known")
    )
    return f"<h2>Evidence</h2><table><tbody><tr>{head}</tr>{rows}</tbody></table>{_gaps(published)}"


def _gaps(published: Published) -> str:
    """What nobody recorded is told too."""
    silences = "; ".join(
        f"{_time(gap['start'])} to {_time(gap['end'])} ({gap['minutes']} min)"
        for gap in published.content["gaps"]
    )
    return f"<p>Times (UTC) without an entry: {silences}.</p>" if silences else ""


def _evidence_row(published: Published, entry: dict[str, Any]) -> str:
    number = entry["number"]
    anchor = (
        '<ac:structured-macro ac:name="anchor" ac:schema-version="1">'
        f'<ac:parameter ac:name="">E{number}</ac:parameter></ac:structured-macro>'
    )
    link = f'<a href="{text_of(published.entry_address(number))}">E{number}</a>'
    known = Trust(entry["trust"]).label
    when = entry["at"][:10] if entry["precision"] == Precision.DAY else _time(entry["at"])
    return (
        f"<tr><td>{anchor}{link}</td><td>{when}</td><td>{text_of(entry['text'])}</td>"
        f"<td>{text_of(entry['source'])}</td><td>{text_of(known)}</td></tr>"
    )


def _time(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{at:%Y-%m-%d %H:%M:%S}" if at.second else f"{at:%Y-%m-%d %H:%M}"
