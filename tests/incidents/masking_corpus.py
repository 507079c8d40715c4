"""Makes secrets and ordinary log lines for the tests of masking. Nothing here is written out: all of it is random."""

from __future__ import annotations

import string
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
ALNUM = string.ascii_letters + string.digits
URL64 = ALNUM + "-_"
BASE64 = ALNUM + "+/"


class Secrets:
    """One method per kind of secret; each answers the text around the secret and the secret itself."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def some(self, alphabet: str, length: int) -> str:
        return "".join(self.random.choices(alphabet, k=length))

    def kinds(self) -> dict[str, Callable[[], tuple[str, str]]]:
        """Name of the format to a maker of ``(text to log, part that must not be seen)``."""
        return {**self._alone(), **self._near_names(), **self._in_addresses()}

    def _alone(self) -> dict[str, Callable[[], tuple[str, str]]]:
        some = self.some
        plain: dict[str, Callable[[], str]] = {
            "aws access key": lambda: "AK" + "IA" + some(UPPER, 16),
            "aws temporary key": lambda: "AS" + "IA" + some(UPPER, 16),
            **self._prefixed("github", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), ALNUM, 36),
            "github fine-grained": lambda: "github_" + "pat_" + some(ALNUM, 22) + "_" + some(ALNUM, 59),
            **self._prefixed("gitlab", ("glpat-", "gldt-", "glrt-"), URL64, 20),
            "slack bot": lambda: (
                "xox" + f"b-{some(string.digits, 12)}-{some(string.digits, 12)}-{some(ALNUM, 24)}"
            ),
            "slack user": lambda: (
                "xox" + f"p-{some(string.digits, 12)}-{some(string.digits, 12)}-{some(HEX, 32)}"
            ),
            "slack config": lambda: "xox" + f"e-1-{some(ALNUM, 146)}",
            "slack app": lambda: "xa" + f"pp-1-A{some(UPPER, 10)}-{some(string.digits, 13)}-{some(HEX, 64)}",
            "google api key": lambda: "AI" + "za" + some(URL64, 35),
            "google oauth": lambda: "ya" + "29." + some(URL64, 120),
            "google client secret": lambda: "GOC" + "SPX-" + some(URL64, 28),
            "azure client secret": lambda: some(ALNUM, 3) + "8Q" + "~" + some(ALNUM, 34),
            "stripe live": lambda: "sk_" + "live_" + some(ALNUM, 24),
            "stripe restricted": lambda: "rk_" + "live_" + some(ALNUM, 99),
            "stripe webhook": lambda: "whs" + "ec_" + some(ALNUM, 32),
            "twilio key": lambda: "S" + "K" + some(HEX, 32),
            "sendgrid": lambda: "S" + f"G.{some(URL64, 22)}.{some(URL64, 43)}",
            "mailgun": lambda: "key" + "-" + some(HEX, 32),
            "mailchimp": lambda: some(HEX, 32) + "-u" + "s12",
            "npm": lambda: "np" + "m_" + some(ALNUM, 36),
            "pypi": lambda: "pypi-" + "AgE" + "IcHlwaS5vcmc" + some(URL64, 130),
            "docker": lambda: "dckr_" + "pat_" + some(URL64, 27),
            "heroku": lambda: "HRKU" + "-AA" + some(URL64, 58),
            "digitalocean": lambda: "dop_" + "v1_" + some(HEX, 64),
            "new relic": lambda: "NR" + "AK-" + some(UPPER, 27),
            "atlassian": lambda: "ATA" + "TT3" + some(URL64, 180) + "=" + some(HEX.upper(), 8),
            "openai": lambda: "sk-" + "proj-" + some(URL64, 120),
            "openai classic": lambda: "s" + "k-" + some(ALNUM, 48),
            "anthropic": lambda: "sk-" + "ant-api03-" + some(URL64, 93) + "AA",
            "hugging face": lambda: "h" + "f_" + some(ALNUM, 34),
            "vault": lambda: "hv" + "s." + some(URL64, 90),
            "terraform": lambda: some(ALNUM, 14) + ".atlas" + "v1." + some(URL64, 67),
            "discord bot": self._discord,
            "telegram": lambda: self.number(10) + ":A" + "A" + some(URL64, 33),
            "shopify": lambda: "shp" + "at_" + some(HEX, 32),
            "square": lambda: "sq0" + "atp-" + some(URL64, 22),
            "grafana service": lambda: "gl" + f"sa_{some(ALNUM, 32)}_{some(HEX, 8)}",
            "grafana cloud": lambda: "gl" + "c_" + some(ALNUM, 120),
            "sentry": lambda: "sntr" + "ys_" + some(BASE64, 120) + "_" + some(BASE64, 43),
            "linear": lambda: "lin_" + "api_" + some(ALNUM, 40),
            "notion": lambda: "nt" + "n_" + some(ALNUM, 46),
            "databricks": lambda: "da" + "pi" + some(HEX, 32),
            "supabase": lambda: "sb" + "p_" + some(HEX, 40),
            "sonarqube": lambda: "sq" + "p_" + some(HEX, 40),
            "tailscale": lambda: "tskey" + "-auth-" + some(ALNUM, 11) + "-" + some(ALNUM, 32),
            "jwt": self._web_token,
            "private key": self._private_key,
            "email": lambda: (
                f"{some(string.ascii_lowercase, 6)}.{some(string.ascii_lowercase, 8)}@mail.example.com"
            ),
            "card": self.card,
            "iban": self.iban,
            "ssn": lambda: f"{self.random.randint(100, 665)}-{self.random.randint(10, 99)}-{self.number(4)}",
            "phone": lambda: f"+1 {self.number(3)} {self.number(3)} {self.number(4)}",
            "phone abroad": lambda: "+44" + self.number(10),
        }
        return {name: partial(_around, "", make, "") for name, make in plain.items()}

    def _prefixed(
        self, name: str, prefixes: tuple[str, ...], alphabet: str, length: int
    ) -> dict[str, Callable[[], str]]:
        return {f"{name} {start}": partial(self._begun, start, alphabet, length) for start in prefixes}

    def _begun(self, start: str, alphabet: str, length: int) -> str:
        return start + self.some(alphabet, length)

    def _near_names(self) -> dict[str, Callable[[], tuple[str, str]]]:
        some = self.some
        uuid = self.uuid
        named: dict[str, tuple[str, Callable[[], str]]] = {
            "aws secret key": ("aws_secret_access_key=", lambda: some(BASE64, 40)),
            "aws session token": ("AWS_SESSION_TOKEN=", lambda: some(BASE64, 340)),
            "azure storage": ("AccountName=logs;AccountKey=", lambda: some(BASE64, 86) + "=="),
            "datadog": ("DD_API_KEY=", lambda: some(HEX, 32)),
            "pagerduty": ("pagerduty_token: ", lambda: some(URL64, 20)),
            "pagerduty routing": ("routing_key=", lambda: some(HEX, 32)),
            "heroku api key": ("HEROKU_API_KEY=", uuid),
            "fastly": ("FASTLY_API_TOKEN=", lambda: some(URL64, 32)),
            "vault legacy": ("X-Vault-Token: ", lambda: "s" + "." + some(ALNUM, 24)),
            "bearer": ("Authorization: Bearer ", lambda: some(URL64, 40)),
            "basic": (
                "Authorization: Basic ",
                lambda: b64encode(f"deploy:{some(ALNUM, 12)}".encode()).decode(),
            ),
            "cookie": ("Set-Cookie: sid=", lambda: some(ALNUM, 32)),
            "session": ("/cart;jsessionid=", lambda: some(UPPER, 32)),
            "password": ("password=", lambda: some(ALNUM, 12)),
            "passwd": ("DB_PASSWD: ", lambda: some(ALNUM, 9) + "!7"),
            "api key": ("x-api-key: ", lambda: some(ALNUM, 32)),
            "client secret": ("client_secret=", lambda: some(URL64, 32)),
            "token": ("refresh_token=", lambda: some(ALNUM, 40)),
            "twilio token": (f"AC{some(HEX, 32)}:", lambda: some(HEX, 32)),
        }
        return {name: partial(_around, head, make, "") for name, (head, make) in named.items()}

    def _in_addresses(self) -> dict[str, Callable[[], tuple[str, str]]]:
        some = self.some
        made: dict[str, tuple[str, Callable[[], str], str]] = {
            "slack webhook": (
                "https://hooks.slack." + "com/services/",
                lambda: f"T{some(UPPER, 8)}/B{some(UPPER, 8)}/{some(ALNUM, 24)}",
                "",
            ),
            "discord webhook": (
                f"https://discord.com/api/{'webhooks'}/{self.number(18)}/",
                lambda: some(URL64, 68),
                "",
            ),
            "azure signature": (
                "https://acme.blob.core.windows.net/c/b?sv=2024-11-04&" + "sig=",
                lambda: some(ALNUM, 42) + "%3D",
                "",
            ),
            "address": ("https://deploy:", lambda: some(ALNUM, 16), "@git.example.com/shop.git"),
            "postgres": ("postgres://shop:", lambda: some(ALNUM, 14), "@db-1.internal:5432/shop"),
            "redis": ("redis://:", lambda: some(ALNUM, 20), "@cache-2:6379/0"),
            "sentry address": ("https://", lambda: some(HEX, 32), "@o42.ingest.sentry.io/7"),
        }
        return {name: partial(_around, head, make, tail) for name, (head, make, tail) in made.items()}

    def number(self, length: int) -> str:
        """Digits that do not begin with a zero or one."""
        return self.random.choice("23456789") + self.some(string.digits, length - 1)

    def uuid(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def card(self) -> str:
        """A card number with its check digit, in a way people write it."""
        start, length = self.random.choice((("4", 16), ("52", 16), ("37", 15), ("6011", 16)))
        body = start + self.some(string.digits, length - len(start) - 1)
        doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
        number = body + str(-(doubled + sum(map(int, body[-2::-2]))) % 10)
        gap = self.random.choice(("", " ", "-"))
        sizes = (4, 6, 5) if length == 15 else (4, 4, 4, 4)
        starts = [sum(sizes[:position]) for position in range(len(sizes))]
        return gap.join(number[at : at + size] for at, size in zip(starts, sizes, strict=True))

    def iban(self) -> str:
        """A German account with its check digits, plain or in groups of four."""
        account = self.some(string.digits, 18)
        check = 98 - int(account + "131400") % 97
        whole = f"DE{check:02}{account}"
        return whole if self.random.random() < 0.5 else " ".join(whole[at : at + 4] for at in range(0, 22, 4))

    def _discord(self) -> str:
        user = urlsafe_b64encode(self.number(18).encode()).decode().rstrip("=")
        return f"{user}.{self.some(URL64, 6)}.{self.some(URL64, 38)}"

    def _web_token(self) -> str:
        head = urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
        body = urlsafe_b64encode(f'{{"sub":"{self.number(9)}"}}'.encode()).decode().rstrip("=")
        return f"{head}.{body}.{self.some(URL64, 43)}"

    def _private_key(self) -> str:
        name = self.random.choice(("RSA ", "EC ", "OPENSSH ", "")) + "PRIVATE" + " KEY"
        lines = [self.some(BASE64, 64) for _ in range(6)]
        return "\n".join((f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"))


def _around(head: str, make: Callable[[], str], tail: str) -> tuple[str, str]:
    made = make()
    return head + made + tail, made


SURROUNDINGS: dict[str, str] = {
    "bare": "{}",
    "json": '{{"level":"warn","payload":"{}","status":401}}',
    "query": "GET /callback?state=42&value={}&page=2 HTTP/1.1",
    "pair": "level=error caller=sync.go:42 value={} attempt=3",
    "prose": "Retried the call with {} and gave up after 3 attempts.",
}


class Ordinary:
    """Log lines without any secret, of the shapes that look most like one."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.secrets = Secrets(random)

    def lines(self, count: int) -> Iterator[str]:
        makers = (
            self._request, self._json, self._stack, self._kubernetes, self._commit, self._build, self._numbers,
            self._prose, self._addresses, self._metrics, self._query, self._identifiers,
        )  # fmt: skip
        for position in range(count):
            yield makers[position % len(makers)]()

    def _hex(self, length: int) -> str:
        return self.secrets.some(HEX, length)

    def _time(self) -> str:
        moment = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(
            milliseconds=self.random.randrange(86_400_000)
        )
        return moment.isoformat(timespec="milliseconds")

    def _ip(self) -> str:
        return ".".join(str(self.random.randrange(1, 255)) for _ in range(4))

    def _request(self) -> str:
        return (
            f'{self._ip()} - - [20/Nov/2026:10:02:{self.random.randrange(60):02} +0000] "GET /api/v2/orders/'
            f'{self.secrets.uuid()} HTTP/1.1" 200 {self.random.randrange(99999)} "-" "Mozilla/5.0 (X11; Linux x86_64)"'
        )

    def _json(self) -> str:
        return (
            f'{{"ts":{1763600000000 + self.random.randrange(10**8)},"level":"info","trace_id":"{self._hex(32)}",'
            f'"span_id":"{self._hex(16)}","msg":"request finished","duration_ms":{self.random.randrange(900)}}}'
        )

    def _stack(self) -> str:
        return (
            "    at com.acme.checkout.payments.AbstractGatewayConnectionFactoryBean$$Lambda$"
            f"{self.random.randrange(999)}/0x{self._hex(16)}.invoke(AbstractGatewayConnectionFactoryBean.java:"
            f"{self.random.randrange(999)}) ~[checkout-2.{self.random.randrange(40)}.1-SNAPSHOT.jar:?]"
        )

    def _kubernetes(self) -> str:
        name = f"checkout-api-{self._hex(10)}-{self.secrets.some('bcdfghjklmnpqrstvwxz2456789', 5)}"
        return f"{self._time()} Back-off restarting failed container app in pod {name}_prod({self.secrets.uuid()})"

    def _commit(self) -> str:
        return f"Deployed {self._hex(40)} ({self._hex(7)}) of acme/shop, image registry/shop@sha256:{self._hex(64)}"

    def _build(self) -> str:
        return (
            f"npm warn deprecated @babel/plugin-proposal-class-properties@7.{self.random.randrange(20)}.6, "
            f"using react@18.{self.random.randrange(9)}.0 and git@github.com:acme/shop.git"
        )

    def _numbers(self) -> str:
        return (
            f"time={1763600000000000000 + self.random.randrange(10**17)} offset={self.random.randrange(10**11)} "
            f"bytes={self.random.randrange(10**12)} size={self.random.randrange(10**6)}.{self._ip()} took 12.5ms"
        )

    def _prose(self) -> str:
        return self.random.choice(
            (
                f"{self._time()} ERROR invalid token: expired (attempt {self.random.randrange(9)})",
                f"{self._time()} WARN password is missing for user {self.random.randrange(99999)}",
                f"{self._time()} INFO token=null password=**** secret=[REDACTED] api_key=${{API_KEY}}",
                f"{self._time()} ERROR Authorization: header missing; Bearer token required, Basic authentication off",
                f'{{"password":null,"token":"","apiKey":"<redacted>","tokens":{self.random.randrange(9999)}}}',
                f"{self._time()} FATAL: password authentication failed for user app_{self.random.randrange(99)}",
                f"prompt_tokens={self.random.randrange(9999)} max_tokens=4096 primary_key={self.random.randrange(99)}",
            )
        )

    def _addresses(self) -> str:
        return (
            f"upstream https://api-{self.random.randrange(9)}.eu-west-1.internal:8443/v1/items?page="
            f"{self.random.randrange(99)}&sort=name failed: dial tcp [fe80::{self._hex(4)}:{self._hex(4)}]:443"
        )

    def _metrics(self) -> str:
        return (
            f'http_server_requests_seconds_bucket{{le="0.5",uri="/cart"}} {self.random.randrange(10**6)} '
            f"+{self.random.randrange(999)} -{self.random.randrange(999)} +{self.random.random():.6f}"
        )

    def _query(self) -> str:
        return (
            "SELECT o.id, o.sort_key FROM orders o WHERE o.partition_key = $1 AND o.created_at > '2026-11-20 10:00:00' "  # noqa: S608
            f"LIMIT {self.random.randrange(999)} -- OPS-{self.random.randrange(9999)}"
        )

    def _identifiers(self) -> str:
        return (
            f"consumer {self.secrets.some(URL64, 22)} joined group shop, request={self.secrets.some(ALNUM, 26)} "
            f'etag="{b64encode(self.random.randbytes(15)).decode()}" session_id={self.secrets.uuid()}'
        )
