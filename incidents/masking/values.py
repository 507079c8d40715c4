"""Whether what stands behind a name such as "password" is a value, or a word about it."""

from __future__ import annotations

import re
from base64 import b64decode

_WORDS = frozenset(
    """
    absent accepted access authenticated authentication authorization bad basic bearer blank cannot
    changed check checked could created default deleted denied did disabled empty enabled error
    exists expired expires failed failure false field file found generated granted has hidden
    incorrect input invalid invalidated is issued leaked length lookup malformed masked mismatch
    missing must nil no none not null obtained ok omitted optional or placeholder
    protected provided received redacted refresh refreshed rejected removed required reset retrieved
    revoked rotated sealed set should stored string succeeded success the timeout token true
    type unable unauthorized undefined unknown unset unsupported updated used valid validated
    validation value verification verified was weak will wrong yes
    """.split()  # noqa: SIM905 - a list of words is read as one
)

_STAND_IN = re.compile(
    r"""[*x•.\#_-]+ | .*\*{3,}.* | <[^>]*> | \[[^\]]*\] | \$\{.* | \$\(.* | \$(?-i:[A-Z_][A-Z0-9_]*) | \$\d
    | \{\{.*\}\} | \{\w*\} | %[sdvqr] | %\(\w+\)s | %\w+% | %\{\w*\}? | (?:is|was|has|not|no)\s.* | n/a
    | https?:// .* | (?:/[\w.-]+){2,}/? | vault:.*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
"""Stars and crosses, templates and variables, addresses and paths: what stands where a secret would."""

_UNIT_OR_SMALL = re.compile(
    r"\d{1,3}|\d{1,6}(?:\.\d{1,6})?(?:ms|s|m|h|d|%)|\d{4}-\d\d-\d\d[T ]?.*", re.DOTALL
)


def is_secret_value(value: str, *, prose: bool = False, more: bool = False) -> bool:
    """Whether ``value`` looks like something kept secret and not like "expired", "null", "****" or "${TOKEN}".

    ``prose``: it stands unquoted behind a colon and a blank, where sentences go on, too; ``more``: words follow it.
    """
    plain = value.strip().rstrip(".!?:\\")
    if len(plain) < 3 or plain.lower() in _WORDS:
        return False
    if _STAND_IN.fullmatch(plain) or _UNIT_OR_SMALL.fullmatch(plain):
        return False
    return not (prose and _is_word(plain, more))


def _is_word(plain: str, more: bool) -> bool:
    return plain.isalpha() and (more or len(plain) < 6)


def is_random(value: str) -> bool:
    """Whether ``value`` mixes digits with letters as only something generated does."""
    digits = sum(character.isdigit() for character in value)
    mixed = value.lower() != value and value.upper() != value
    return (digits > 0 and digits < len(value)) or (mixed and len(value) >= 20)


def is_credentials(value: str) -> bool:
    """Whether ``value`` can stand behind ``Authorization``: something generated, or base64 of ``user:password``."""
    return is_random(value) or _is_pair(value)


def _is_pair(value: str) -> bool:
    try:
        return b":" in b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return False
