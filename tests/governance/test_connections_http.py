"""Speaking to the outside: bounded, without detours, and silent about secrets."""

from __future__ import annotations

import base64
import gzip
import io
import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config import logs
from governance.connections import AddressRefused, guard, open_client, request
from governance.connections import http as guarded
from governance.enums import ConnectionKind
from governance.errors import OutsideError
from governance.models import Connection

SECRET = "xoxb-very/secret+token="
EMAIL = "bot@example.test"


@pytest.fixture(autouse=True)
def this_machine_is_allowed(settings: Settings) -> None:
    """The doubles listen here."""
    settings.OUTBOUND_PRIVATE_HOSTS = ("127.0.0.1", "localhost")


def _connection(
    base_url: str, kind: ConnectionKind = ConnectionKind.JIRA, secret: str = SECRET
) -> Connection:
    options = {} if kind == ConnectionKind.SLACK else {"email": EMAIL}
    return Connection(organization_id=1, kind=kind, base_url=base_url, options=options, secret=secret)


def _get(httpserver: HTTPServer, path: str = "thing", **options: Any) -> Any:
    with open_client(_connection(httpserver.url_for("/base"))) as client:
        return request(client, "GET", path, **options)


def test_credentials_and_base_path_travel_with_every_request(httpserver: HTTPServer) -> None:
    pair = base64.b64encode(f"{EMAIL}:{SECRET}".encode()).decode()
    httpserver.expect_request(
        "/base/rest/thing",
        query_string="a=1",
        headers={"Authorization": f"Basic {pair}", "User-Agent": "Afterword"},
    ).respond_with_json({"found": True})
    for path in ("rest/thing", "/rest/thing"):
        assert _get(httpserver, path, params={"a": 1}).json() == {"found": True}


def test_slack_token_is_sent_as_bearer(httpserver: HTTPServer) -> None:
    httpserver.expect_request(
        "/api/auth.test", headers={"Authorization": f"Bearer {SECRET}"}
    ).respond_with_json({})
    with open_client(_connection(httpserver.url_for("/api/"), ConnectionKind.SLACK)) as client:
        assert request(client, "POST", "auth.test").status_code == 200


def test_what_is_to_happen_before_each_request_happens_and_may_prevent_it(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/base/thing").respond_with_json({})
    times = iter([None, None, ZeroDivisionError("another worker has it")])

    def before_each() -> None:
        if error := next(times):
            raise error

    with open_client(_connection(httpserver.url_for("/base")), before_each=before_each) as client:
        for _ in range(2):
            request(client, "GET", "thing")
        with pytest.raises(ZeroDivisionError):
            request(client, "GET", "thing")
    assert len(httpserver.log) == 2


def test_host_that_is_not_allowed_is_never_connected_to(httpserver: HTTPServer, settings: Settings) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ()
    with pytest.raises(AddressRefused) as refusal:
        _get(httpserver)
    assert refusal.value.permanent
    assert httpserver.log == []


def test_name_that_resolves_inside_is_never_connected_to(
    httpserver: HTTPServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOUND_PRIVATE_HOSTS = ()
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", httpserver.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answer)
    with (
        open_client(_connection(f"http://wiki.example.com:{httpserver.port}")) as client,
        pytest.raises(AddressRefused),
    ):
        request(client, "GET", "thing")
    assert httpserver.log == []


def test_name_is_resolved_once_so_that_a_second_answer_leads_nowhere(
    httpserver: HTTPServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: Any, *details: Any, **options: Any) -> Any:
        if host != "wiki.example.com":
            return real(host, *details, **options)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *details, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    settings.OUTBOUND_PRIVATE_HOSTS = ("127.0.0.1/32", "wiki.example.com")
    httpserver.expect_request("/thing").respond_with_json({})
    with open_client(_connection(f"http://wiki.example.com:{httpserver.port}")) as client:
        request(client, "GET", "thing")
    assert asked == ["wiki.example.com"]


def test_second_address_is_tried_when_the_first_does_not_answer(
    httpserver: HTTPServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", httpserver.port, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", httpserver.port)),
    ]
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: answers if host == "wiki.example.com" else real(host, *a, **k),
    )
    settings.OUTBOUND_PRIVATE_HOSTS = ("wiki.example.com",)
    httpserver.expect_request("/thing").respond_with_json({"found": True})
    with open_client(_connection(f"http://wiki.example.com:{httpserver.port}")) as client:
        assert request(client, "GET", "thing").json() == {"found": True}


def test_proxies_of_the_environment_are_ignored(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    httpserver.expect_request("/base/thing").respond_with_json({})
    assert _get(httpserver).status_code == 200


def test_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/base/thing").respond_with_data(
        "", 302, {"Location": httpserver.url_for("/trap")}
    )
    httpserver.expect_request("/trap").respond_with_data("caught")
    with pytest.raises(OutsideError, match="sends us elsewhere") as refusal:
        _get(httpserver)
    assert refusal.value.permanent
    assert [seen.path for seen, _answer in httpserver.log] == ["/base/thing"]


def test_address_of_another_host_never_gets_our_credentials(httpserver: HTTPServer) -> None:
    with pytest.raises(OutsideError, match="another host") as refusal:
        _get(httpserver, f"http://127.0.0.1:{httpserver.port}/steal")
    assert refusal.value.permanent
    assert httpserver.log == []


@pytest.mark.parametrize("packed", [False, True])
def test_oversized_answer_is_refused(httpserver: HTTPServer, packed: bool) -> None:
    body = b"x" * (guarded.LARGEST_ANSWER + 1)
    headers = {"Content-Encoding": "gzip"} if packed else {}
    httpserver.expect_request("/base/thing").respond_with_data(
        gzip.compress(body) if packed else body, 200, headers
    )
    with pytest.raises(OutsideError, match="more than 5 MB"):
        _get(httpserver)


def test_packed_answer_is_read(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/base/thing").respond_with_data(
        gzip.compress(b'{"found": true}'), headers={"Content-Encoding": "gzip"}
    )
    assert _get(httpserver).json() == {"found": True}


def test_answer_that_drips_too_long_is_refused(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded, "LONGEST_ANSWER", -1.0)
    httpserver.expect_request("/base/thing").respond_with_data("drop by drop")
    with pytest.raises(OutsideError, match="did not finish"):
        _get(httpserver)


# Far enough for a run of all tests, which comes here long after this module was read.
IN_50_MINUTES = datetime.now(UTC) + timedelta(minutes=50)


@pytest.mark.parametrize(
    ("status", "headers", "least", "most"),
    [
        (429, {"Retry-After": "7"}, 7, 7),
        (420, {"Retry-After": "7"}, 7, 7),
        (503, {"Retry-After": "12"}, 12, 12),
        (429, {"Retry-After": format_datetime(IN_50_MINUTES, usegmt=True)}, 31, 3001),
        (429, {"X-RateLimit-Reset": IN_50_MINUTES.isoformat()}, 31, 3001),
        (429, {"Retry-After": "999999"}, 3600, 3600),
        (429, {"Retry-After": "soon"}, 30, 30),
        (429, {}, 30, 30),
    ],
)
def test_wish_to_wait_is_passed_on(
    httpserver: HTTPServer, status: int, headers: dict[str, str], least: float, most: float
) -> None:
    httpserver.expect_request("/base/thing").respond_with_data("", status, headers)
    with pytest.raises(OutsideError) as refusal:
        _get(httpserver)
    assert not refusal.value.permanent
    assert refusal.value.retry_after is not None
    assert least <= refusal.value.retry_after <= most


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (401, True), (403, True), (404, True), (409, True), (500, False), (502, False)],
)
def test_refusals_are_permanent_and_failures_are_not(
    httpserver: HTTPServer, status: int, permanent: bool
) -> None:
    httpserver.expect_request("/base/thing").respond_with_data("Because.", status)
    with pytest.raises(OutsideError) as refusal:
        _get(httpserver)
    assert refusal.value.permanent is permanent


def test_expected_status_is_an_answer(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/base/thing").respond_with_data("", 404)
    assert _get(httpserver, expected=(200, 404)).status_code == 404


@pytest.mark.parametrize(
    ("method", "idempotent", "times"),
    [("GET", None, 2), ("POST", None, 1), ("PUT", None, 1), ("PUT", True, 2), ("GET", False, 1)],
)
def test_only_idempotent_requests_are_sent_once_more(
    httpserver: HTTPServer, method: str, idempotent: bool | None, times: int
) -> None:
    httpserver.expect_request("/base/thing").respond_with_data("", 502)
    with open_client(_connection(httpserver.url_for("/base"))) as client, pytest.raises(OutsideError):
        request(client, method, "thing", idempotent=idempotent)
    assert len(httpserver.log) == times


def test_get_succeeds_when_the_second_answer_is_good(httpserver: HTTPServer) -> None:
    answers = iter([Response("", 502), Response('{"found": true}', 200)])
    httpserver.expect_request("/base/thing").respond_with_handler(lambda _request: next(answers))
    assert _get(httpserver).json() == {"found": True}


def test_silent_host_gets_a_sentence() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with (
        open_client(_connection(f"http://127.0.0.1:{port}")) as client,
        pytest.raises(OutsideError, match=r"127\.0\.0\.1 cannot be reached") as refusal,
    ):
        request(client, "GET", "thing")
    assert not refusal.value.permanent


def _echo(seen: Request) -> Response:
    """A system that throws our own words back at us."""
    said = f"You sent {seen.headers['Authorization']} and {seen.args.get('token')} " + SECRET
    return Response(said, int(seen.args.get("status", 400)), {"X-Echo": seen.headers["Authorization"]})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 503])
@pytest.mark.parametrize("kind", list(ConnectionKind))
@pytest.mark.parametrize("as_json", [False, True])
def test_secret_is_in_no_error_and_no_log(
    httpserver: HTTPServer, log_lines: Any, kind: ConnectionKind, status: int, as_json: bool
) -> None:
    httpserver.expect_request("/thing").respond_with_handler(_echo)
    connection = _connection(httpserver.url_for("/"), kind)
    pair = base64.b64encode(f"{EMAIL}:{SECRET}".encode()).decode()
    lines = log_lines(as_json)
    with open_client(connection) as client:
        try:
            request(client, "GET", "thing", params={"status": status})
        except OutsideError as error:
            logging.getLogger("governance.outbox").exception("as a worker would")
            told = f"{error} {error!r}"
    assert "as a worker would" in lines.getvalue()
    for hidden in (SECRET, pair):
        assert hidden not in told
        assert hidden not in lines.getvalue()


@pytest.fixture
def log_lines() -> Iterator[Any]:
    """Everything that is logged from a call on, down to debugging lines, in the one shape or the other."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers))

    def begin(as_json: bool) -> io.StringIO:
        logs.configure(level="debug", as_json=as_json)
        stream = io.StringIO()
        ours = [handler for handler in root.handlers if isinstance(handler, logging.StreamHandler)]
        ours[0].setStream(stream)
        return stream

    yield begin
    logs.configure(level="info", as_json=False)
    root.setLevel(before[0])
    root.handlers[:] = before[1]


def test_secret_that_breaks_a_header_is_not_shown_either(httpserver: HTTPServer) -> None:
    with (
        pytest.raises(OutsideError) as refusal,
        open_client(_connection(httpserver.url_for("/"), ConnectionKind.SLACK, "xoxb-two\nlines")) as client,
    ):
        request(client, "GET", "thing")
    assert "two" not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


# TLS: the name of the connection is what the certificate must be for


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A certificate for ``localhost`` only, trusted by this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    guard._trusted.cache_clear()
    yield pem
    guard._trusted.cache_clear()


@pytest.fixture
def secure_server(authority: Path) -> Iterator[HTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        server.expect_request("/thing").respond_with_json({"found": True})
        yield server


def test_certificate_for_the_name_is_accepted(secure_server: HTTPServer) -> None:
    with open_client(_connection(f"https://localhost:{secure_server.port}")) as client:
        assert request(client, "GET", "thing").json() == {"found": True}


def test_certificate_for_another_name_is_refused(secure_server: HTTPServer) -> None:
    with (
        open_client(_connection(f"https://127.0.0.1:{secure_server.port}")) as client,
        pytest.raises(OutsideError, match="cannot be reached"),
    ):
        request(client, "GET", "thing")
    assert secure_server.log == []
