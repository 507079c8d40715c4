"""The table of secrets: what each format looks like, and which literal must be there before its pattern is run.

Every quantifier is bounded, and no two neighbors in a pattern can match the same text in many ways, so that no input
makes a pattern slow. A pattern's group ``v`` is what is masked; without one, the whole match is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from incidents.masking.values import is_credentials, is_random, is_secret_value

Span = tuple[int, int]

_INSIDE_WORD = re.compile(r"[A-Za-z0-9](?<!\\[nrt])(?<!%[0-9A-Fa-f]{2})")

END = r"(?![A-Za-z0-9])"

_SIGN = r"[\"'\\]{0,4}\s{0,3}(?:=>|:=|[:=]|%3[aAdD])\s{0,3}[\"'\\]{0,4}"
"""What stands between a name and its value in log, JSON, YAML and query-string form."""

UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


class Rule(NamedTuple):
    """One format. ``hints`` are lower-case literals of which one must be in the text; ``yields`` gives way to others.

    ``check`` looks at the text found; ``spans`` replaces the pattern where a pattern cannot tell. ``apart``: a letter
    or digit right before the match means that it is the middle of some word.
    """

    kind: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    spans: Callable[[str], Iterator[Span]] | None = None
    yields: bool = False
    apart: bool = False

    def finds(self, text: str) -> Iterator[Span]:
        """Where in ``text`` there is something of this format."""
        if self.spans:
            yield from self.spans(text)
            return
        group = "v" if "v" in self.pattern.groupindex else 0
        for found in self.pattern.finditer(text):
            if self.apart and inside_word(text, found.start()):
                continue
            if self.check is None or self.check(found[group]):
                yield found.span(group)


def inside_word(text: str, position: int) -> bool:
    """Whether a letter or digit stands right before, other than that of an escape (``\\n`` in JSON, ``%3D``)."""
    return position > 0 and bool(_INSIDE_WORD.match(text, position - 1))


def rule(kind: str, hints: str, pattern: str, check: Callable[[str], bool] | None = None) -> Rule:
    """A rule whose hints are written with blanks between them."""
    return Rule(kind, tuple(hints.split()), re.compile(pattern, re.ASCII), check)


def token(kind: str, hints: str, pattern: str, check: Callable[[str], bool] | None = None) -> Rule:
    """A rule for a token that is recognized by its own prefix."""
    return rule(kind, hints, pattern, check)._replace(apart=True)


def near(kind: str, hints: str, name: str, value: str) -> Rule:
    """A rule for a value that is recognized only by the name before it."""
    return rule(kind, hints, rf"(?i:{name}){_SIGN}(?P<v>{value}){END}")


_PEM = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_PEM_LINES = re.compile(
    r"(?:(?:\s|\\[nr]){0,4}[A-Za-z0-9+/=]{16,4096}){0,400}(?:(?:\s|\\[nr]){0,4}[A-Za-z0-9+/]{1,80}={1,2})?"
)
_PEM_CHARACTERS = 20_000


def _private_keys(text: str) -> Iterator[Span]:
    """Each key up to its last line; when that is missing, as far as the lines still look like a key."""
    position = 0
    while begin := _PEM.search(text, position):
        last = _PEM_END.search(text, begin.end(), begin.end() + _PEM_CHARACTERS)
        cut = _PEM_LINES.match(text, begin.end())
        position = last.end() if last else cut.end() if cut else begin.end()
        yield begin.start(), position


def opens_private_key(text: str) -> bool:
    """Whether a private key begins in ``text`` and does not end in it: its lines follow in the next ones."""
    last = max((found.end() for found in _PEM.finditer(text)), default=-1)
    return last >= 0 and not _PEM_END.search(text, last)


def ends_private_key(text: str) -> bool:
    """Whether the last line of a private key stands in ``text``."""
    return bool(_PEM_END.search(text))


_COOKIE_LINE = re.compile(rf"(?ai)\bcookie{_SIGN}(?P<v>[^\r\n\"'\\]{{1,4096}})")
_COOKIE = re.compile(r"(?P<name>[\w.$-]{1,80})=(?P<v>[^;,\s\"']{6,2048})")
_NO_COOKIES = {"path", "domain", "expires", "max-age", "samesite", "priority", "version"}


def _cookies(text: str) -> Iterator[Span]:
    for line in _COOKIE_LINE.finditer(text):
        for pair in _COOKIE.finditer(text, *line.span("v")):
            if pair["name"].lower() not in _NO_COOKIES and is_secret_value(pair["v"]):
                yield pair.span("v")


_WORDS = (
    r"pass(?:word|wd|phrase|code)|(?<![a-z])pass|pwd|secret|token|credentials?"
    r"|(?:api|access|account|auth|secret|private|encryption|signing|master|shared|license|integration|app)[_-]?key"
)
_QUOTE = r"(?:[\"'\\]|%2[27]|&quot;)"
_ASSIGNED = re.compile(
    rf"(?ai)(?:{_WORDS}){_QUOTE}{{0,4}}\s{{0,3}}(?P<sign>=>|:=|[:=]|%3[ad])(?P<blank>\s{{0,3}})"
    r"(?:\\{1,3}\"(?P<inner>(?:[^\"\\\r\n]|\\[^\"\r\n]){1,512})|\"(?P<double>(?:[^\"\\\r\n]|\\[^\r\n]){1,512})"
    r"|'(?P<single>(?:[^'\\\r\n]|\\[^\r\n]){1,512})'"
    r"|(?:&quot;)?(?P<bare>[^\s\"'&,;<>(){}\[\]|]{3,1024})(?P<more>[ \t]{1,4}\w)?)"
)
_FLAG = (
    r"(?i)--(?:[a-z]{1,20}-){0,3}(?:pass(?:word|wd|phrase)?|secret|token|api-?key|(?:access|secret|auth)-key)"
    r"\s{1,3}[\"']?(?P<v>[^\s\"'-][^\s\"']{2,512})"
)
_CURL = r"curl [^\r\n]{0,400}?(?:-u|--user)[ =]{0,2}[\"']?[\w.@-]{1,80}:(?P<v>[^\s\"']{1,200})"
_ELEMENT = rf"(?i)(?:{_WORDS})>(?P<v>[^<>\r\n]{{3,512}})</"


def _assignments(text: str) -> Iterator[Span]:
    for found in _ASSIGNED.finditer(text):
        group = next(name for name in ("inner", "double", "single", "bare") if found[name] is not None)
        prose = group == "bare" and found["sign"] == ":" and bool(found["blank"])
        if is_secret_value(found[group], prose=prose, more=bool(found["more"])):
            yield found.span(group)


_NONE = re.compile(r"(?!)")

FIRST: tuple[Rule, ...] = (
    Rule("private key", ("-----begin",), _NONE, spans=_private_keys),
    token("AWS access key", "akia asia abia acca", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}" + END),
    near(
        "AWS secret key",
        "secret",
        r"(?:aws|secret)[\w.-]{0,30}key|aws_?secret",
        r"[A-Za-z0-9/+]{40}(?![/+=])",
    ),
    near("AWS session token", "token", r"session_?token|x-amz-security-token", r"[A-Za-z0-9/+%=]{60,2048}"),
    near("AWS signature", "signature", r"signature", r"[0-9a-f]{64}"),
    token("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,255}"),
    token("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{22,255}"),
    token(
        "GitLab token",
        "glpat- gldt- glrt- glptt- glcbt- glft- glsoat- glimt- glagent- gloas- glffct-",
        r"gl(?:pat|dt|rt|ptt|cbt|ft|soat|imt|agent|oas|ffct)-[\w-]{20,300}(?:\.[\w-]{2,40}){0,2}",
    ),
    token("Slack token", "xox", r"xox[abceoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,250}"),
    token("Slack token", "xapp-", r"xapp-\d-[A-Z0-9]{6,20}-\d{6,20}-[a-f0-9]{16,128}"),
    rule(
        "Slack webhook",
        "hooks.slack.com",
        r"hooks\.slack\.com\\?/(?:services|workflows|triggers)\\?/(?P<v>[\w/+\\-]{20,200})",
    ),
    token("Google API key", "aiza", r"AIza[\w-]{35,60}"),
    token("Google OAuth token", "ya29.", r"ya29\.[\w.-]{20,1024}"),
    token("Google client secret", "gocspx-", r"GOCSPX-[\w-]{20,60}"),
    near("GCP key id", "private_key_id", r"private_key_id", r"[0-9a-f]{40}"),
    near(
        "Azure storage key",
        "accountkey sharedaccesskey",
        r"(?:Account|SharedAccess)Key",
        r"[A-Za-z0-9+/]{40,100}={0,2}",
    ),
    rule("Azure signature", "sig=", r"(?<![A-Za-z0-9])sig=(?P<v>[A-Za-z0-9%+/_-]{20,200}={0,2})", is_random),
    rule("Azure client secret", "q~", r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}"),
    token("Stripe key", "sk_live_ rk_live_ sk_test_ rk_test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}"),
    token("Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/]{20,120}={0,2}"),
    token("Twilio key", "sk", r"SK[0-9a-f]{32}" + END),
    token(
        "Twilio auth token",
        "ac",
        rf"AC[0-9a-f]{{32}}[^A-Za-z0-9]{{1,5}}(?:(?i:auth_?token){_SIGN})?(?P<v>[0-9a-f]{{32}}){END}",
    ),
    token("SendGrid key", "sg.", r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    token("Mailgun key", "key-", r"key-[0-9a-f]{32}" + END),
    token("Mailchimp key", "-us", r"[0-9a-f]{32}-us\d{1,2}" + END),
    token("npm token", "npm_", r"npm_[A-Za-z0-9]{36,80}"),
    token("PyPI token", "pypi-age", r"pypi-AgE[\w-]{40,1024}"),
    token("Docker token", "dckr_pat_ dckr_oat_", r"dckr_[po]at_[\w-]{24,80}"),
    token("Heroku key", "hrku-", r"HRKU-[\w-]{30,100}"),
    near("Heroku key", "heroku", r"heroku[\w .-]{0,20}(?:key|token)", UUID),
    token("DigitalOcean token", "_v1_", r"do[opr]_v1_[0-9a-f]{64}"),
    near(
        "Datadog key", "dd datadog", r"(?:dd|datadog)[\w .-]{0,20}(?:key|token)", r"(?:pub)?[0-9a-f]{32,40}"
    ),
    token("New Relic key", "nrak-", r"NRAK-[A-Z0-9]{27}"),
    near("PagerDuty key", "pagerduty pd_", r"(?:pagerduty|pd)[\w .-]{0,30}(?:key|token)", r"[\w+-]{20,32}"),
    near("PagerDuty key", "routing", r"routing[_-]?key", r"[A-Za-z0-9]{32}"),
    token("Atlassian token", "atatt3", r"ATATT3[\w=-]{40,400}"),
    token("Anthropic key", "sk-ant-", r"sk-ant-[\w-]{20,250}"),
    token(
        "OpenAI key",
        "sk-",
        r"sk-(?:(?:proj|svcacct|admin|None)-[\w-]{20,300}|[A-Za-z0-9]{32,120})",
        is_random,
    ),
    token("Hugging Face token", "hf_ api_org_", r"(?:hf|api_org)_[A-Za-z0-9]{30,60}"),
    token("Vault token", "hvs. hvb. hvr.", r"hv[sbr]\.[\w-]{20,400}"),
    near("Vault token", "token", r"token", r"s\.[A-Za-z0-9]{24}"),
    token("Terraform token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,100}"),
    rule(
        "Discord webhook",
        "webhooks/ webhooks\\/",
        r"discord(?:app)?\.com\\?/api\\?/webhooks\\?/\d{15,20}\\?/(?P<v>[\w-]{50,100})",
    ),
    token("Discord bot token", ".", r"[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}", is_random),
    token("Telegram bot token", ":aa", r"\d{8,10}:AA[\w-]{32,35}"),
    token("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,64}"),
    token("Square token", "sq0", r"sq0(?:atp|csp|idp)-[\w-]{22,43}"),
    token("Square token", "eaaa", r"EAAA[\w-]{60,64}"),
    token("Grafana token", "glsa_", r"glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
    token("Grafana token", "glc_", r"glc_[A-Za-z0-9+/]{32,400}={0,2}"),
    token("Sentry token", "sntrys_ sntryu_", r"sntry[su]_[\w+/-]{32,500}={0,2}"),
    rule("Sentry key", "@", r"https?://(?P<v>[0-9a-f]{32}(?::[0-9a-f]{32})?)@[\w.-]{1,100}/"),
    token("Linear token", "lin_api_ lin_oauth_", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,64}"),
    token("Notion token", "secret_ ntn_", r"(?:secret|ntn)_[A-Za-z0-9]{40,60}"),
    token("Databricks token", "dapi", r"dapi[0-9a-f]{32}(?:-\d)?" + END),
    near("Fastly token", "fastly", r"fastly[\w .-]{0,20}(?:key|token)", r"[\w-]{32}"),
    near(
        "Cloudflare token", "cloudflare cf_", r"(?:cloudflare|cf)[\w .-]{0,20}(?:key|token)", r"[\w-]{37,40}"
    ),
    token("Supabase token", "sbp_", r"sbp_[0-9a-f]{40}"),
    token("SonarQube token", "sqp_ squ_ sqa_", r"sq[pua]_[0-9a-f]{40}"),
    token("PlanetScale token", "pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,64}"),
    token("Postman key", "pmak-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    token("Tailscale key", "tskey-", r"tskey-[a-z]{2,12}-[A-Za-z0-9-]{20,80}"),
    token("JSON web token", "eyj", r"eyJ[\w-]{13,2000}\.[\w-]{4,4000}(?:\.[\w-]{0,2000}){0,3}"),
)

LAST: tuple[Rule, ...] = (
    rule(
        "password",
        ":// :\\/\\/",
        r"(?i)(?<![a-z0-9])[a-z][a-z0-9+.-]{1,20}:\\?/\\?/[^\s/:\"'<>]{0,100}:(?P<v>[^\s/\"'<>\u27e6\u27e7]{1,200})@",
        is_secret_value,
    ),
    rule(
        "credentials",
        "authorization",
        rf"(?i)authorization{_SIGN}(?:(?:bearer|token|bot|apikey|digest|negotiate|basic|aws4-hmac-sha256)\s{{1,3}})?"
        r"(?P<v>[\w.~+/-]{8,4096}={0,2})",
        is_credentials,
    ),
    rule(
        "credentials",
        "bearer",
        r"(?i)(?<![a-z0-9])bearer(?:\s|%20|\+){1,3}(?P<v>[\w.~+/-]{12,4096}={0,2})",
        is_random,
    ),
    Rule("cookie", ("cookie",), _NONE, spans=_cookies),
    rule(
        "session id",
        "jsessionid= phpsessid=",
        r"(?i)(?:jsessionid|phpsessid)=(?P<v>[\w.%~+/-]{12,512})",
        is_secret_value,
    ),
    rule("password", "curl", _CURL, is_secret_value),
    rule("secret", "--", _FLAG, is_secret_value),
    rule("secret", "</", _ELEMENT, is_secret_value),
    Rule("secret", ("pass", "pwd", "secret", "token", "credential", "key"), _NONE, spans=_assignments),
)
