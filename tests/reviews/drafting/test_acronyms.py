"""Short forms are explained once, behind the words that use them, and nothing that is quoted changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from reviews.checks import unsupported
from reviews.drafting.acronyms import MEANINGS, explained
from reviews.enums import SectionKey
from reviews.passages import parse

AT = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    text: str
    at: datetime = AT
    actor: str = ""


def texts(body: str) -> list[str]:
    return [sentence.text for block in parse(body) for sentence in block.sentences]


def test_first_use_is_explained_and_later_ones_are_not() -> None:
    found = explained(
        {
            SectionKey.SUMMARY: "The log recorded “DNS is down”. [E1] The log recorded “DNS is up”. [E2]",
            SectionKey.MITIGATION: "- The log recorded “DNS and BGP changed”. [E3]",
        }
    )
    assert texts(found[SectionKey.SUMMARY]) == [
        "The log recorded “DNS is down” (DNS: domain name system).",
        "The log recorded “DNS is up”.",
    ]
    assert texts(found[SectionKey.MITIGATION])[0].startswith(
        "The log recorded “DNS and BGP changed” (BGP: border"
    )


def test_parts_of_other_words_are_left_alone() -> None:
    for words in ("my-dns.DNS.example", "TLSv1", "eBGP", "HA-proxy", "/DNS/x", "tls"):
        body = f"The log recorded “{words}”. [E1]"
        assert explained({SectionKey.SUMMARY: body}) == {SectionKey.SUMMARY: body}


def test_picture_keeps_its_caption() -> None:
    body = "![DNS by minute](image:4) [E1]"
    assert explained({SectionKey.SUMMARY: body}) == {SectionKey.SUMMARY: body}


words = st.lists(
    st.sampled_from([*MEANINGS, "errors", "rise", "fell", "of", "at the", "proxy"]), min_size=1, max_size=8
).map(" ".join)


@given(st.lists(words, min_size=1, max_size=5))
def test_explained_sentences_stay_supported_and_quote_the_same(spoken: list[str]) -> None:
    body = "\n".join(f"- The log recorded “{one}”. [E{n}]" for n, one in enumerate(spoken, 1))
    after = explained({SectionKey.SUMMARY: body})[SectionKey.SUMMARY]
    assert re.findall("“([^”]*)”", after) == spoken
    for text, said in zip(texts(after), spoken, strict=True):
        assert unsupported(text, [Entry(said)]) == []
    assert explained({SectionKey.SUMMARY: body})[SectionKey.SUMMARY] == after
    for short in MEANINGS:
        assert after.count(f"{short}: {MEANINGS[short]}") <= 1
