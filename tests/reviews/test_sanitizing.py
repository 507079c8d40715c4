"""What must not reach customers is found, each with a way out; the start that is proposed holds none of it."""

from __future__ import annotations

import pytest

from reviews.customer_start import start_of
from reviews.customer_text import parts, plain_text
from reviews.sanitizing import Internal, Leak, remarks
from tests.reviews.test_audiences import factor, made

INTERNAL = Internal(frozenset({"Mara Okafor", "Priya Nair"}), frozenset({"mysql", "Order Hub"}))


def leaks(text: str) -> list[tuple[str, str]]:
    return [(one.leak.value, one.words) for one in remarks(text, INTERNAL)]


@pytest.mark.parametrize(
    ("text", "leak", "words"),
    [
        ("Thanks to Mara Okafor it ended.", "person", "Mara Okafor"),
        ("Thanks to Priya it ended.", "person", "Priya"),
        ("The order hub was slow.", "service", "order hub"),
        ("See https://wiki.example.test/x for more.", "host", "https://wiki.example.test/x"),
        ("On db-master-01 the disk was full.", "host", "db-master-01"),
        ("On db1.prod.internal the disk was full.", "host", "db1.prod.internal"),
        ("We restarted web03 twice.", "host", "web03"),
        ("From 10.2.0.17 nothing came.", "address", "10.2.0.17"),
        ("From fe80::1 nothing came.", "address", "fe80::1"),
        ("We track it as OPS-412.", "ticket", "OPS-412"),
        ("This was INC-2018-0042.", "ticket", "INC-2018-0042"),
        ("It was a SEV1.", "ticket", "SEV1"),
        ("It ended. [E12, E13]", "citation", "[E12, E13]"),
        ("It ended as E12 shows.", "citation", "E12"),
        ("Traceback (most recent call last):", "trace", "Traceback (most recent call last):"),
        ("It said java.io.IOException: broken pipe", "trace", "java.io.IOException: broken pipe"),
        ("It wrote to /var/log/syslog then.", "trace", "/var/log/syslog"),
        ("It was human error.", "blame", "human error"),
        ("An engineer's mistake ended it.", "blame", "An engineer's mistake"),
        ("The team should have seen it.", "blame", "should have"),
        ("We lost 12,400 orders.", "number", "12,400"),
        ("In all, 37 % of you saw it.", "number", "37 %"),
        ("It cost €3000 in all.", "number", "€3000"),
        ("The CDN was slow.", "acronym", "CDN"),
        ("[Say when it ended.]", "blank", "[Say when it ended.]"),
    ],
)
def test_what_is_internal_is_found_with_a_way_out(text: str, leak: str, words: str) -> None:
    assert leaks(text) == [(leak, words)]
    assert Leak(leak).way_out


@pytest.mark.parametrize(
    "text",
    [
        "From 21 October 2018, 22:52 to 00:07 UTC (1 h 15 min), orders could not be placed.",
        "On 2018-10-21 you could not pay for 43 seconds.",
        "In October 2018 we said so already.",
        "We use a content delivery network (CDN), and the CDN was slow.",
        "We are sorry. Ask us at any time.",
        "The [status page](https) tells more.".replace("(https)", "(status)"),
        "It is encoded in UTF-8.",
        "We marathon through it, and priyanka is no name here.",
    ],
)
def test_what_customers_may_read_is_left_alone(text: str) -> None:
    assert leaks(text) == []


def test_remarks_stand_in_the_order_of_the_text_and_each_word_once() -> None:
    text = "OPS-412 by Mara Okafor on db1.prod.internal."
    assert leaks(text) == [("ticket", "OPS-412"), ("person", "Mara Okafor"), ("host", "db1.prod.internal")]


@pytest.mark.parametrize("piece", ["a-", "a.", "1,", "at x.", "[E1", "::", "A1-", "a1.a", "\n \n"])
def test_long_and_odd_texts_are_read_to_their_end(piece: str) -> None:
    remarks(piece * (20_000 // len(piece)), INTERNAL)


def test_start_holds_blanks_for_people_and_nothing_internal() -> None:
    content = made()
    body = start_of(content)
    assert {one.leak for one in remarks(body, Internal.of(content))} == {Leak.BLANK}
    assert "21 October 2018, 22:52 to 22 October 2018, 00:07 UTC (1 h 15 min)" in body
    assert "We noticed it after 7 min." in body
    assert body == start_of(content)


def test_start_takes_no_words_of_the_record() -> None:
    body = start_of(made())
    for word in ("topology", "mysql", "Priya", "900", "refused", "primaries", "Fence", "FATAL"):
        assert word not in body


def test_start_says_only_what_is_promised_and_known() -> None:
    body = start_of(made(factors=[factor("Perhaps.", "suspected")], action_items=[], milestones=[]))
    assert "We do not know for certain yet." in body
    assert "[Say what you are doing" in body
    assert "when it was affected" in body
    assert "does not fail in this way again" in start_of(made())


def test_text_is_read_as_headings_lists_and_paragraphs() -> None:
    body = "## Why\nOne line\nand another.\n\n- first\n- **second**\n\nThe end."
    assert [(part.kind, part.texts) for part in parts(body)] == [
        ("heading", ("Why",)),
        ("paragraph", ("One line and another.",)),
        ("list", ("first", "**second**")),
        ("paragraph", ("The end.",)),
    ]
    assert plain_text(body) == "Why\n\nOne line and another.\n\n- first\n- second\n\nThe end.\n"


def test_markup_of_a_person_is_shown_and_not_acted_on() -> None:
    part = parts("<script>alert(1)</script> and [x](javascript:y)")[0]
    assert "<script" not in part.html[0]
    assert "href" not in part.html[0]
