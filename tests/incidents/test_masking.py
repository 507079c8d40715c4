"""Secrets and personal data are masked; what operations need is not."""

from __future__ import annotations

from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.masking import MARK, finds, mask, mask_all, mask_document
from tests.incidents.masking_corpus import SURROUNDINGS, Ordinary, Secrets

SEED = 20261120


def samples(rounds: int) -> list[tuple[str, str, str]]:
    """``(kind and surroundings, line, secret in it)`` for every kind, in every kind of surroundings."""
    makers = Secrets(Random(SEED))
    made: list[tuple[str, str, str]] = []
    for _ in range(rounds):
        for kind, make in makers.kinds().items():
            for name, around in SURROUNDINGS.items():
                text, secret = make()
                if name == "json":
                    text, secret = (orjson.dumps(part).decode()[1:-1] for part in (text, secret))
                made.append((f"{kind}, {name}", around.format(text), secret))
    return made


def shows(masked: str, secret: str) -> bool:
    """Whether eight characters in a row of the secret can still be read."""
    width = min(8, len(secret))
    return any(secret[at : at + width] in masked for at in range(len(secret) - width + 1))


def around_marks(text: str) -> str:
    return MARK.sub("", text)


def test_secrets_of_every_kind_are_masked_wherever_they_stand() -> None:
    made = samples(4)
    missed = [kind for kind, line, secret in made if shows(mask(line), secret)]
    assert len({kind.split(",")[0] for kind, _, _ in made}) >= 70
    assert len(missed) <= len(made) / 100, missed


def test_every_kind_is_masked_in_most_surroundings() -> None:
    """No format hides among the one in a hundred."""
    seen: dict[str, list[bool]] = {}
    for kind, line, secret in samples(4):
        seen.setdefault(kind, []).append(shows(mask(line), secret))
    assert [kind for kind, misses in seen.items() if sum(misses) > len(misses) / 2] == []


def test_ordinary_lines_stay_as_they_are() -> None:
    lines = list(Ordinary(Random(SEED)).lines(6000))
    changed = [masked for line, masked in zip(lines, mask_all(lines), strict=True) if line != masked]
    assert len(changed) <= len(lines) / 100, changed[:20]


def test_a_batch_is_masked_like_its_lines() -> None:
    secrets = [line for _, line, _ in samples(3)]
    lines = [*secrets, *Ordinary(Random(SEED)).lines(len(secrets))]
    Random(SEED).shuffle(lines)
    assert mask_all(lines) == [mask(line) for line in lines]


def test_a_batch_with_letters_beyond_latin_keeps_its_lines_apart() -> None:
    secret = Secrets(Random(SEED)).some("abcdef0123456789", 32)
    lines = ["Zahlung ⚠️ abgelehnt 支払い", "", f"пароль password={secret}", "две\nстроки"]
    assert mask_all(lines) == [lines[0], "", "пароль password=⟦secret⟧", lines[3]]


FRAGMENTS = st.sampled_from(
    [part for _, line, secret in samples(1) for part in (line, secret, line[: len(line) // 2])]
    + [
        "⟦",
        "⟧",
        "⟦email⟧",
        "password=",
        "token: ",
        "@",
        "://",
        "Cookie: a=",
        "\\n",
        "%3D",
        "\x00",
        "\ud800",
        "é",
        "İ",
    ]
)
TEXTS = st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=6).map("".join)


@given(TEXTS)
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@given(TEXTS)
def test_finds_lie_in_order_and_apart_from_marks(text: str) -> None:
    found = finds(text)
    edges = [edge for find in found for edge in (find.start, find.end)]
    assert edges == sorted(edges) and all(find.start < find.end for find in found)
    marks = [mark.span() for mark in MARK.finditer(text)]
    assert not any(find.start < end and start < find.end for find in found for start, end in marks)


@given(st.lists(TEXTS, max_size=5))
def test_a_batch_of_anything_is_masked_like_its_texts(texts: list[str]) -> None:
    alone = [mask(text) for text in texts]
    if not any("PRIVATE" in text for text in texts):
        assert mask_all(texts) == alone
    assert len(mask_all(texts)) == len(texts)


@given(st.binary(max_size=400))
def test_any_payload_can_be_shown(raw: bytes) -> None:
    assert isinstance(mask_document(raw), str)


def test_marks_are_not_nested() -> None:
    for _, line, _ in samples(1):
        assert not any(character in around_marks(mask(line)) for character in "⟦⟧")


def test_brackets_of_a_stranger_hide_nothing() -> None:
    secret = "gh" + "p_" + Secrets(Random(SEED)).some("abcdefXYZ0123456789", 36)
    assert mask(f"⟦{secret}⟧") == "⟦⟦GitHub token⟧⟧"


def test_the_most_telling_kind_names_the_mark() -> None:
    secret = "gh" + "p_" + Secrets(Random(SEED)).some("abcdefXYZ0123456789", 36)
    assert mask(f"token={secret}") == "token=⟦GitHub token⟧"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"password": "two words"}', '{"password": "⟦secret⟧"}'),
        (
            '"{\\"dbPassword\\":\\"k33p!out\\",\\"port\\":5432}"',
            '"{\\"dbPassword\\":\\"⟦secret⟧\\",\\"port\\":5432}"',
        ),
        (
            "POST /login?user=mara&password=k33p%21out&next=1",
            "POST /login?user=mara&password=⟦secret⟧&next=1",
        ),
        ("password: correcthorse", "password: ⟦secret⟧"),
        ("PGPASSWORD='k33p out' psql", "PGPASSWORD='⟦secret⟧' psql"),
        (
            "Cookie: theme=darkblue; sid=8f14e45fceea167a; lang=de",
            "Cookie: theme=⟦cookie⟧; sid=⟦cookie⟧; lang=de",
        ),
        (
            "Set-Cookie: sid=8f14e45fceea167a; Path=/checkout; HttpOnly",
            "Set-Cookie: sid=⟦cookie⟧; Path=/checkout; HttpOnly",
        ),
        ("amqp://shop:k33p@out@mq-1.internal/", "amqp://shop:⟦password⟧@mq-1.internal/"),
        ('{"password":"it\\"s k33p"}', '{"password":"⟦secret⟧"}'),
        ("mysql --password k33pout --host db-1", "mysql --password ⟦secret⟧ --host db-1"),
        (
            "curl -s -u deploy:k33pout https://git.internal/",
            "curl -s -u deploy:⟦password⟧ https://git.internal/",
        ),
        ("<user>mara</user><password>k33pout</password>", "<user>mara</user><password>⟦secret⟧</password>"),
        ("%22password%22%3A%22k33pout%22", "%22password%22%3A⟦secret⟧"),
        ("password=$ecret99 next", "password=⟦secret⟧ next"),
        ("to=mara%40example.com&page=2", "to=⟦email⟧&page=2"),
        ("call +49 (30) 901820 now", "call ⟦phone number⟧ now"),
        ("from Jürgen.Groß@büro.example.de to o'brien@example.com", "from ⟦email⟧ to ⟦email⟧"),
    ],
)
def test_only_the_value_is_masked(before: str, after: str) -> None:
    assert mask(before) == after


@pytest.mark.parametrize(
    "line",
    [
        "password: expired",
        "Invalid password: authentication failed for mara",
        "token is missing",
        "secret=null token=undefined password=********",
        "api_key=<redacted> apikey=${API_KEY} password={{ password }} token=%s",
        "password_file=/run/secrets/db tokens=5120 secret: /var/run/secrets/token",
        "token=⟦secret⟧",
        "2026-11-20 10:00:00+00:00 UTC+10 +1732112345.123",
        "getty@tty1.service: started; ssh to git@github.com:acme/shop",
        '{"trace_id":4111111111111111}',
        "GB33 is no account, DE00 1234 5678 9012 3456 78 fails its check",
        "4111 1111 1111 1112 fails its check",
        "https://host:8080/users/@mara",
        "token_type=bearer expires_in=3600",
        "imagePullSecrets: regcred secretName: checkout-tls",
    ],
)
def test_words_and_stand_ins_stay(line: str) -> None:
    assert mask(line) == line


def key_lines() -> tuple[str, list[str], str]:
    name = "PRIVATE" + " KEY-----"
    body = [Secrets(Random(SEED)).some("ABCDEFabcdef0123456789+/", 64) for _ in range(4)]
    return f"-----BEGIN RSA {name}", body, f"-----END RSA {name}"


def test_a_private_key_in_json_is_masked_with_its_escapes() -> None:
    begin, body, end = key_lines()
    text = orjson.dumps({"key": "\n".join((begin, *body, end)), "id": 7}).decode()
    assert mask(text) == '{"key":"⟦private key⟧","id":7}'


def test_a_private_key_that_was_cut_off_takes_no_other_text_along() -> None:
    begin, body, _ = key_lines()
    assert mask("\n".join((begin, *body, "Restarted the pod."))) == "⟦private key⟧\nRestarted the pod."


def test_a_private_key_over_many_lines_of_a_log_is_masked() -> None:
    begin, body, end = key_lines()
    masked = mask_all(["Loaded:", begin, *body, end, "Restarted the pod."])
    assert masked[0] == "Loaded:" and masked[-1] == "Restarted the pod."
    assert all(not shows("\n".join(masked), line) for line in body)


def test_a_json_payload_is_shown_indented_and_masked() -> None:
    shown = mask_document(b'{"user":"mara@example.com","pod":"shop-1"}')
    assert shown == '{\n  "user": "⟦email⟧",\n  "pod": "shop-1"\n}'


def test_a_payload_that_is_no_json_is_shown_as_it_is() -> None:
    assert mask_document(b"caf\xc3\xa9 \xff down") == "café \N{REPLACEMENT CHARACTER} down"


def test_a_long_payload_says_how_much_is_left_out() -> None:
    shown = mask_document(b"disk full\n" * 30_000)
    assert shown.endswith("… 100,000 more characters are left out here. Download the file to read all of it.")


def test_a_secret_at_the_cut_of_a_long_payload_is_not_shown_in_part() -> None:
    secret = "gh" + "p_" + Secrets(Random(SEED)).some("abcdefXYZ0123456789", 36)
    shown = mask_document(b"." * 199_980 + secret.encode() + b" " + b"." * 500)
    assert not shows(shown, secret)
