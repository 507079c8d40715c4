"""How the text speaks: of people, in words that a stranger understands, and of what happened apart from what to do.

Quoted words are not the author's: they are never held against anybody. Every pattern is made of bounded pieces, so
that no text of any length takes more than its length in time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reviews.checks.finding import Finding
from reviews.checks.reading import Reading, Said, listed, without_quotations
from reviews.checks.words import COMMON_ACRONYMS, PEOPLE
from reviews.enums import CheckCode

_MIND = (
    "notice|see|check|test|reali[sz]e|understand|follow|verify|read|communicate|escalate|consider|document|think|"
    "review|inform|tell|know|anticipate|foresee|remember|ask|look|act|respond|recogni[sz]e|spot|catch"
)
_BLAME = re.compile(
    r"\b(?:human error|operator error|user error|pilot error|careless\w*|negligen\w+|recklessly?|sloppy|sloppiness|"
    r"incompeten\w+|stupid\w*|foolish\w*|lazy|laziness|(?:his|her|their|your) (?:own )?fault|at fault|to blame|"
    r"should(?: not|n[’']t)? have|shouldn[’']t have|ought(?: not)? to have|must not have known|"
    r"could(?: easily| simply)? have(?! (?:been )?(?:affected|impacted|exposed|lost|seen|received|experienced))|"
    r"would(?: not|n[’']t)? have (?:happened|been (?:avoided|prevented|caught)|prevented|avoided|caught|"
    r"known|noticed)|"
    r"if only|had (?:they|he|she|we|someone|somebody) (?:only|just)|"
    rf"(?:failed|neglected|forgot|omitted) to (?:{_MIND})|neglected to|forgot to|did not bother|didn[’']t bother|"
    rf"(?:{PEOPLE})(?: \w{{1,30}}){{0,2}} failed to \w+)\b",
    re.IGNORECASE,
)
_JUDGMENT = (
    "forgot(?:ten)?|neglected|ignored|overlooked|mistaken(?:ly)?|wrongly|incorrectly|blindly|rashly|broke|"
    "caused|missed|"
    "mishandled|misread|botched|rushed|panicked|guilty|inexperienced|untrained|failed to|lacked|carelessly|"
    "mistake|oversight|error|fault|negligence"
)
_BETWEEN = r"(?: (?:had|has|have|was|were|is|then|also|again|just|even|simply|\w{1,20}ly)){0,3}"
_OPINION = re.compile(
    r"\b(?:obviously|clearly|of course|unfortunately|regrettably|luckily|simply|merely|surprisingly|sadly|"
    r"needless to say|"
    r"as everyone knows|easily|trivial(?:ly)?|poor(?:ly)?|badly|terribl[ey]|horribl[ey]|amazing(?:ly)?|"
    r"too (?:late|slow)|"
    r"unacceptabl[ey]|inadequate(?:ly)?)\b",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"\b(?:in order to|it (?:is|was) important to note|it should be noted|please note|as mentioned (?:above|"
    r"before|earlier)|"
    r"at this point in time|due to the fact that|for all intents and purposes|going forward|in terms of|"
    r"a number of|at the end of the day|basically|essentially|leverag(?:e|ed|ing)|synerg\w+|robust solution|"
    r"seamless\w*|"
    r"delve\w*|it is worth (?:noting|mentioning))\b",
    re.IGNORECASE,
)
_SEVERE = re.compile(
    r"\b(?:(?:complete|total|full|global|worldwide|massive|major) )?(?:outages?|meltdown|disaster\w*|"
    r"catastroph\w+)\b|"
    r"\b(?:complete|total|full) (?:failure|loss|downtime|unavailability)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    r"\b(?:we|they|the team|\w{1,30} team) (?:will|shall|plans? to|are going to|is going to|intends? to|"
    r"needs? to|have to|"
    r"should|must)\b|\bgoing forward\b|\bin (?:the )?future,|\bto prevent (?:this|it|a repeat|a recurrence)\b|"
    r"\b(?:should|must|needs to|will) be (?:added|changed|fixed|improved|introduced|replaced|automated|"
    r"extended|reviewed)\b",
    re.IGNORECASE,
)
#: What happened is told in these; the others look ahead.
TELLING = ("summary", "customer_impact", "detection", "contributing_factors")

_ACRONYM = re.compile(r"(?<![\w/.#@-])[A-Z][A-Z0-9]{1,5}(?=s?(?![\w/.@-]))")
_EXPLAINED = re.compile(r"\(([A-Z][A-Z0-9]{1,5})s?\)|(?<!\w)([A-Z][A-Z0-9]{1,5})s? \((?=[A-Za-z])")


def blame(read: Reading) -> Iterator[Finding]:
    """Words that judge people, and names beside a judgment."""
    people = _people(read.people)
    for one in read.said:
        yield from _judging(one.own, people, one.section, one.place)
    for factor in read.rows("factors"):
        words = without_quotations(f"{factor.get('statement', '')}. {factor.get('reasoning', '')}")
        yield from _judging(words, people, "contributing_factors", f"factor-{factor['number']}")
    for question in read.rows("questions"):
        yield from _judging(without_quotations(question["answer"]), people, question.get("section", ""), "")
    for item in read.rows("action_items"):
        yield from _judging(without_quotations(item["title"]), None, "", "action-items")


def acronyms(read: Reading) -> Iterator[Finding]:
    """Acronyms that nobody explained at their first use, a finding for each sentence."""
    known = COMMON_ACRONYMS | _of_services(read)
    for one in read.said:
        new = [word for word in dict.fromkeys(_ACRONYM.findall(one.own)) if word not in known]
        if not new:
            continue
        known |= set(new)
        explained = {word for pair in _EXPLAINED.findall(one.own) for word in pair}
        if open_ones := [word for word in new if word not in explained]:
            verb = "is" if len(open_ones) == 1 else "are"
            yield Finding(
                CheckCode.ACRONYMS,
                f"{listed(open_ones)} {verb} not explained at the first use",
                "Write the words out once, with the acronym in brackets behind them",
                one.section,
                one.place,
            )


def opinions(read: Reading) -> Iterator[Finding]:
    """Words that weigh instead of telling: hints for whoever confirms that facts stand alone."""
    yield from _hints(
        read.said,
        _OPINION,
        CheckCode.OPINIONS,
        "weighs what happened",
        "Say what was seen, or leave the word out",
    )


def severity_words(read: Reading) -> Iterator[Finding]:
    """Words as large as “outage”: hints, because only a person knows whether it was one."""
    said = read.of("summary", "customer_impact", "lessons")
    way_out = "Keep it if nothing worked for anybody; otherwise say what did not work, and for whom"
    yield from _hints(said, _SEVERE, CheckCode.SEVERITY_WORDS, "is a large word", way_out)


def filler(read: Reading) -> Iterator[Finding]:
    """Words that say nothing: hints for whoever confirms that a stranger can follow."""
    yield from _hints(
        read.said, _FILLER, CheckCode.OUTSIDERS, "says nothing", "Leave it out, or use a plain word"
    )


def fix_mixed_in(read: Reading) -> Iterator[Finding]:
    """Plans among the telling of what happened."""
    for one in read.of(*TELLING):
        if match := _PLAN.search(one.own):
            yield Finding(
                CheckCode.FIX_MIXED_IN,
                f"“{match.group()}” tells of a plan, in {one.short}",
                "Make an action item of it, or move it to the lessons",
                one.section,
                one.place,
            )


def _judging(words: str, people: re.Pattern[str] | None, section: str, place: str) -> Iterator[Finding]:
    found = dict.fromkeys(match.lower() for match in _BLAME.findall(words))
    for judged in found:
        yield Finding(
            CheckCode.BLAME,
            f"“{judged}” judges people",
            "Say what the system allowed or did not show",
            section,
            place,
        )
    if people and not found and (match := people.search(words)):
        yield Finding(
            CheckCode.BLAME,
            f"“{match.group()}” judges a person by name",
            "Name the role or the step instead, and say what made it the natural thing to do",
            section,
            place,
        )


def _hints(
    said: Iterable[Said], pattern: re.Pattern[str], code: CheckCode, what: str, way_out: str
) -> Iterator[Finding]:
    for one in said:
        if match := pattern.search(one.own):
            yield Finding(
                code,
                f"“{match.group()}” {what}, in {one.short}",
                way_out,
                one.section,
                one.place,
                is_hint=True,
            )


def _people(names: Iterable[str]) -> re.Pattern[str] | None:
    """A judgment beside one of these names; a name of one word is too easily something else."""
    full = sorted((name for name in names if " " in name.strip()), key=lambda name: (-len(name), name))
    firsts = sorted({name.split()[0] for name in full if len(name.split()[0]) > 2})
    if not full:
        return None
    anyone = "|".join(re.escape(name) for name in [*full, *firsts])
    return re.compile(
        rf"\b(?:{anyone})(?:[’']s)?{_BETWEEN} (?:{_JUDGMENT})\b|"
        rf"\b(?:mistake|oversight|error|fault|negligence|caused|broken) (?:of|by|made by) (?:{anyone})\b"
    )


def _of_services(read: Reading) -> set[str]:
    """Acronyms in the names of the affected services need no explanation."""
    services = read.content.get("incident", {}).get("services", ())
    return {word.rstrip("s") for name in services for word in re.findall(r"[A-Z][A-Z0-9]+", name.upper())}
