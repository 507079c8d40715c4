"""Personal data: addresses, telephone numbers, payment cards, bank accounts and social security numbers.

Numbers count only with their check digits and in the form in which people write them, because logs are full of long
numbers. What operations need stays: IP addresses, host names, UUIDs, commits, trace ids, times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from incidents.masking.tokens import Rule, Span

_EMAIL = re.compile(
    r"(?<!://)(?<![\w.%+-])(?!git@)[\w.%+-]{1,64}(?:'[\w.%+-]{1,64})?(?:@|%40)(?!\d{1,6}\.\d)(?:[\w-]{1,63}\.){1,6}"
    r"(?!(?:service|socket|timer|mount|target|slice|scope)\b)[A-Za-z]{2,24}(?![\w-])"
)

_SSN = re.compile(r"(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])", re.ASCII)

_PHONE = re.compile(
    r"(?<![\w.+])\+(?:[1-9]\d{7,14}|[1-9]\d{0,3}(?:[ .-]?\(\d{1,4}\))?(?:[ .-]\d{1,10}){1,6})(?!\w|[.:,]\d)",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _is_phone(found: str) -> bool:
    digits = sum(character.isdigit() for character in found)
    return 8 <= digits <= 15 and not _DATE.search(found)


_CARD = re.compile(
    r"(?<![\w.+-])(?:[2-6]\d{12,18}|[2-6]\d{3}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{4}(?:(?P=gap)\d{3})?"
    r"|3\d{3}(?P<space>[ -])\d{6}(?P=space)\d{4,5})(?![\w-]|[.,]\d)",
    re.ASCII,
)
_SCHEMES = re.compile(
    r"""4(?:\d{12}|\d{15}) | 5[1-5]\d{14} | 2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12} | 3[47]\d{13}
    | 6(?:011|5\d\d|4[4-9]\d)\d{12} | 35(?:2[89]|[3-8]\d)\d{12} | 3(?:0[0-5]|[689]\d)\d{11} | 62\d{14,17}
    | (?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}""",
    re.VERBOSE,
)
"""How long the numbers of each scheme are and how they begin; most long numbers in logs are neither."""

_ID_BEFORE = re.compile(
    r"(?i)(?:trace|span|request|correlation|parent|message|offset)[_.-]?(?:id)?[\"']?\s?[:=]\s?[\"']?$"
)


def luhn(digits: str) -> bool:
    """Whether the check digit of a card number is right."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _cards(text: str) -> Iterator[Span]:
    for found in _CARD.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        before = text[max(0, found.start() - 24) : found.start()]
        if _SCHEMES.fullmatch(digits) and luhn(digits) and not _ID_BEFORE.search(before):
            yield found.span()


_LENGTHS = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18"
    " FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20"
    " LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24"
    " SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}[ -]?(?=[A-Z0-9]{4})")
_IBANS = {
    entry[:2]: re.compile(rf"(?:[ -]?[A-Z0-9]){{{int(entry[2:])}}}(?![A-Za-z0-9])")
    for entry in _LENGTHS.split()
}


def _checks(account: str) -> bool:
    turned = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _ibans(text: str) -> Iterator[Span]:
    for start in _IBAN_START.finditer(text):
        shape = _IBANS.get(start[0][:2])
        found = shape.match(text, start.start()) if shape else None
        if found and _checks(re.sub("[ -]", "", found[0])):
            yield found.span()


_NONE = re.compile(r"(?!)")

PERSONAL: tuple[Rule, ...] = (
    Rule("email", ("@", "%40"), _EMAIL, yields=True),
    Rule("phone number", ("+",), _PHONE, check=_is_phone, yields=True),
    Rule("social security number", ("-",), _SSN, yields=True),
    Rule("card number", (), _NONE, spans=_cards, yields=True),
    Rule("bank account", (), _NONE, spans=_ibans, yields=True),
)
